import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigurationError } from "../src/errors.js";
import { summaryOf } from "../src/render/diagnostic.js";
import { parseYaml } from "../src/yaml/parse.js";
import { ROOT } from "./support/cli.js";
import { counter, fuzz, patience } from "./support/fuzz.js";
import { changeText, HOSTILE_TEXT, textChanges } from "./support/hostile-text.js";

const SHARED = `${ROOT}../shared/config`;
const LARGEST_SEED = 20_000;

/** The files of the example, and of the real configuration where it is there. */
const corpus = [`${ROOT}example`, ...(existsSync(SHARED) ? [SHARED] : [])]
  .flatMap((root) => readdirSync(root, { recursive: true, encoding: "utf8" }).map((path) => join(root, path)))
  .filter((path) => path.endsWith(".yaml") && statSync(path).size < LARGEST_SEED)
  .map((path) => readFileSync(path, "utf8"));

const documents = counter("YAML documents");
afterAll(documents.report);

/** What reading makes of a text: a document, or an error that says where. */
function outcome(text: string): "read" | "refused" {
  try {
    parseYaml(text, () => "f.yaml");
    return "read";
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const { diagnostic } = error;
    expect(diagnostic.place?.line).toBeGreaterThan(0);
    expect(diagnostic.place?.column).toBeGreaterThan(0);
    expect(summaryOf(diagnostic)).not.toBe("");
    return "refused";
  }
}

function within<T>(milliseconds: number, work: () => T): T {
  const start = performance.now();
  const result = work();
  expect(performance.now() - start).toBeLessThan(milliseconds);
  return result;
}

const MEGABYTE = 2 ** 20;
const bomb = ["a0: &a0 [x, x]", ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)];
const mergeBomb = [
  "a0: &a0 {k: v}",
  ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}], k${i}: v}`),
];

describe("YAML", () => {
  // Twenty times what they take on a slow machine: the bound is there for what grows without one.
  test.each<[string, string, "read" | "refused"]>([
    ["aliases that double", bomb.join("\n"), "refused"],
    ["merges that double", mergeBomb.join("\n"), "refused"],
    ["a thousand aliases of one large list", `a: &a [${"x,".repeat(5000)}]\nb: [${"*a,".repeat(1000)}]`, "refused"],
    ["a list that holds itself", "a: &a [*a]", "refused"],
    ["a hundred thousand brackets", "[".repeat(100_000), "refused"],
    ["a hundred thousand braces", "{a: ".repeat(100_000), "refused"],
    ["a hundred thousand dashes", "- ".repeat(100_000), "refused"],
    ["two thousand levels", Array.from({ length: 2000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"), "refused"],
    ["a scalar of 10 MB", `a: ${"x".repeat(10 * MEGABYTE)}`, "read"],
    ["a scalar of escapes, 1 MB", `a: "${"\\u0041".repeat(Math.floor(MEGABYTE / 6))}"`, "read"],
    ["a block scalar of 10 MB", `a: |\n${"  some text in a line\n".repeat(500_000)}`, "read"],
    ["a key of 10 MB", `? ${"x".repeat(10 * MEGABYTE)}\n: y`, "read"],
    ["a hundred thousand keys", Array.from({ length: 100_000 }, (_, i) => `k${i}: v`).join("\n"), "read"],
    ["one key a hundred thousand times", "k: v\n".repeat(100_000), "read"],
    ["ten thousand documents", "---\na\n".repeat(10_000), "refused"],
    ["lines without indentation in a bracket", `a: [\n${"x,\n".repeat(20_000)}]`, "refused"],
    ["a comment of 10 MB", `#${"x".repeat(10 * MEGABYTE)}\na: b`, "read"],
    ["an anchor of 1 MB", `a: &${"x".repeat(MEGABYTE)} b`, "read"],
    ["a megabyte of question marks", "? ".repeat(MEGABYTE / 2), "refused"],
    ["a number of 1 MB", `a: ${"9".repeat(MEGABYTE)}`, "refused"],
    ["a float of 1 MB", `a: 0.${"9".repeat(MEGABYTE)}e5`, "read"],
    ["a number in base 60 of 1 MB", `a: 1${":59".repeat(MEGABYTE / 3)}`, "refused"],
    ["a date of 1 MB", `a: 2026-01-01 00:00:00.${"9".repeat(MEGABYTE)}`, "read"],
    ["binary data of 10 MB", `a: !!binary ${"AAAA".repeat((10 * MEGABYTE) / 4)}`, "read"],
    ["white space of 10 MB", `a:${" ".repeat(10 * MEGABYTE)}b`, "read"],
  ])("%s: no more than a bounded time", (_, text, expected) => {
    documents.count();
    expect(within(10_000, () => outcome(text))).toBe(expected);
  });

  test("every hostile text alone, at the start and at the end is read or refused", () => {
    for (const text of HOSTILE_TEXT) {
      for (const whole of [text, `${text}a: b\n`, `a: b\n${text}`, `a: ${text}`, `a: "${text}"`, `a: [${text}]`]) {
        documents.count();
        outcome(whole);
      }
    }
  });

  test("changed files of a configuration are read or refused", { timeout: patience(20_000) }, () => {
    fc.assert(
      fc.property(fc.nat(corpus.length - 1), textChanges, (seed, changes) => {
        documents.count();
        outcome(changeText(corpus[seed] ?? "", changes));
      }),
      fuzz(400),
    );
  });

  test("no document reaches the prototype of anything", () => {
    const { value } = parseYaml(
      "a: &a {__proto__: {polluted: 1}, constructor: {prototype: {polluted: 1}}}\nb: {<<: *a}\n__proto__: {polluted: 1}\n",
      () => "f.yaml",
    );
    expect(Object.keys(value as object)).toEqual(["a", "b", "__proto__"]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});
