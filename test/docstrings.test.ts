import { describe, expect, test } from "vitest";
import { ROOT } from "./support/cli.js";
import { type Exported, exportedFrom } from "./support/exported.js";

/** Functions that only put data into words. A function that is not here says what it throws. */
const NEVER_THROWS: ReadonlySet<string> = new Set(["hintOf", "lineOf", "renderAudit"]);

const exported = exportedFrom(`${ROOT}src/index.ts`, `${ROOT}tsconfig.build.json`);

/** What is missing in the docstring. */
function missingIn({ name, kind, text, tags, parameters }: Exported): string[] {
  const has = (tag: string, of = ""): boolean => tags.some((each) => each.name === tag && each.text?.startsWith(of));
  const isFunction = kind === "function";
  return [
    ...(text === "" ? ["text"] : []),
    ...parameters.filter((parameter) => !has("param", `${parameter} `)).map((parameter) => `@param ${parameter}`),
    ...((isFunction || kind === "method") && !has("returns") ? ["@returns"] : []),
    ...(isFunction && !NEVER_THROWS.has(name) && !has("throws") ? ["@throws"] : []),
    ...((isFunction || kind === "class") && !has("example") ? ["@example"] : []),
  ].map((what) => `${name}: ${what}`);
}

describe("everything that the library exports", () => {
  test("has a docstring that says what it takes, returns and throws, with an example", () => {
    expect(exported.filter(({ kind }) => kind === "function").length).toBeGreaterThan(8);
    expect(exported.filter(({ kind }) => kind === "property").length).toBeGreaterThan(80);
    expect(exported.flatMap(missingIn)).toEqual([]);
  });

  test("says that it throws only where it can", () => {
    const silent = exported.filter(({ name }) => NEVER_THROWS.has(name));
    expect(silent.map(({ name }) => name).sort()).toEqual([...NEVER_THROWS]);
    expect(silent.flatMap(({ tags }) => tags.filter((tag) => tag.name === "throws"))).toEqual([]);
  });
});
