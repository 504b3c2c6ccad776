import { readdirSync, readFileSync } from "node:fs";
import { parseSync, Visitor } from "oxc-parser";
import { describe, expect, test } from "vitest";
import { superLinear } from "./support/ambiguity.js";
import { ROOT } from "./support/cli.js";

/** Patterns that are not linear, and why they may stay. */
const ALLOWED: ReadonlyMap<string, string> = new Map([
  [
    "/(^|[-_.])(db|database|postgres(ql)?|pg|mysql|influxdb)[-_.].*passw|passw.*(db|database)/i",
    "It meets names of keys, of which it sees no more than 253 characters.",
  ],
]);

interface Pattern {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression in the source, and every place that makes one of a text. */
function patternsOf(file: string): { readonly literals: Pattern[]; readonly made: string[] } {
  const text = readFileSync(`${ROOT}src/${file}`, "utf8");
  const literals: Pattern[] = [];
  const made: string[] = [];
  const make = (callee: string, start: number, end: number): void => {
    if (callee === "RegExp") made.push(`${file}: ${text.slice(start, end)}`);
  };
  const nameOf = (callee: object): string => ("name" in callee && typeof callee.name === "string" ? callee.name : "");
  new Visitor({
    Literal(node) {
      if (!("regex" in node)) return;
      const line = text.slice(0, node.start).split("\n").length;
      literals.push({ place: `${file}:${line}`, source: node.regex.pattern, flags: node.regex.flags });
    },
    NewExpression: ({ callee, start, end }) => make(nameOf(callee), start, end),
    CallExpression: ({ callee, start, end }) => make(nameOf(callee), start, end),
  }).visit(parseSync(file, text).program);
  return { literals, made };
}

const found = readdirSync(`${ROOT}src`, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .sort()
  .map(patternsOf);
const patterns = found.flatMap(({ literals }) => literals);
const written = ({ source, flags }: Pattern): string => `/${source}/${flags}`;

describe("a regular expression", () => {
  test("takes no longer than its text is long", () => {
    expect(patterns.length).toBeGreaterThan(200);
    const growing = patterns.filter(({ source, flags }) => superLinear(source, flags) !== undefined);
    expect(growing.filter((pattern) => !ALLOWED.has(written(pattern)))).toEqual([]);
    expect(new Set(growing.map(written))).toEqual(new Set(ALLOWED.keys()));
  });

  test("is never made of a text from outside", () => {
    expect(found.flatMap(({ made }) => made)).toEqual([
      'sources/encrypted/sops-pattern.ts: new RegExp(`^${text}$`, `u${flags.includes("i") ? "i" : ""}`)', // of one character
    ]);
  });
});

describe("the examination of a pattern", () => {
  test.each<[RegExp, string | undefined]>([
    [/\/+$/, "polynomial"],
    [/(?<!\/)\/+$/, undefined],
    [/[ \t]+(?=AGE-)/g, "polynomial"],
    [/(?<![ \t])[ \t]+(?=AGE-)/g, undefined],
    [/\d+\.\d+/, "polynomial"],
    [/^\d+\.\d+/, undefined],
    [/^\w+\s?\w+$/, "polynomial"],
    [/^\s*(.*)$/, "polynomial"],
    [/^\s*(.*)$/s, undefined],
    [/\s+/g, undefined],
    [/^.*a/, undefined],
    [/.*a/s, "polynomial"],
    [/"[^"\\]*(?:\\.[^"\\]*)*"/g, "polynomial"],
    [/^ +x:\n(?: .*\n)*? +y/m, "polynomial"],
    [/\bgt-[\w-]{20,}\./, "polynomial"],
    [/\bgt_\w{20,}\./, undefined],
    [/^(a+)+$/, "exponential"],
    [/(a*)*b/, "exponential"],
    [/^(a|a)*$/, "exponential"],
    [/^(a|b)*$/, undefined],
    [/^(?:\d+\.?\d*[sm])+$/, "exponential"],
    [/(x+x+)+y/, "exponential"],
    [/^([ab]+)(?:\1)+$/, "exponential"],
  ])("of %s finds %s", ({ source, flags }, expected) => {
    expect(superLinear(source, flags)).toBe(expected);
  });
});
