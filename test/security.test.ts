import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROOT } from "./support/cli.js";

/** What stands below these is what an attacker can do, or is about something else. */
const NO_CLAIMS = /^(They can:|Limits:|## (Report a vulnerability|Limits that apply to all of them))$/;

/** The items of a page's lists that say what cannot happen. */
function claimsOf(page: string): string[] {
  let claiming = true;
  return readFileSync(ROOT + page, "utf8")
    .split("\n")
    .filter((line) => {
      if (/^#|^[^-].*:$/.test(line)) claiming = !NO_CLAIMS.test(line);
      return claiming && line.startsWith("- ");
    });
}

const referencesIn = (line: string) =>
  [...line.matchAll(/`((?:test|src)\/[^`]+)`: "([^"]+)"/g)].map(([, file = "", name = ""]) => ({ file, name }));

/** Whether a test, or a row of one, is called so; a transcript has no names, only what is shown. */
function isThere({ file, name }: { readonly file: string; readonly name: string }): boolean {
  if (!existsSync(ROOT + file)) return false;
  const [before = "", ...after] = readFileSync(ROOT + file, "utf8").split(name);
  if (file.endsWith(".transcript")) return after.length > 0;
  return after.some((_, i) => /[([]\s*"[^"\n]*$/.test([before, ...after].slice(0, i + 1).join(name)));
}

describe.each([
  ["SECURITY.md", 40],
  ["docs/explanation/safety.md", 20],
])("every claim of %s", (page, least) => {
  const claims = claimsOf(page);

  test("names the test that shows it", () => {
    expect(claims.filter((line) => referencesIn(line).length === 0)).toEqual([]);
    expect(claims.length).toBeGreaterThan(least);
  });

  test("names tests that there are", () => {
    expect(claims.flatMap(referencesIn).filter((reference) => !isThere(reference))).toEqual([]);
  });
});
