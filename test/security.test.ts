import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROOT } from "./support/cli.js";

const [claims = ""] = readFileSync(`${ROOT}SECURITY.md`, "utf8").split("\n## What is not covered");
const lines = claims.split("\n").filter((line) => line.startsWith("- "));
const referencesIn = (line: string) =>
  [...line.matchAll(/`((?:test|src)\/[^`]+)`: "([^"]+)"/g)].map(([, file = "", name = ""]) => ({ file, name }));

describe("every line of SECURITY.md", () => {
  test("names the test that shows it", () => {
    expect(lines.filter((line) => referencesIn(line).length === 0)).toEqual([]);
    expect(lines.length).toBeGreaterThan(25);
  });

  test("names tests that there are", () => {
    const missing = lines
      .flatMap(referencesIn)
      .filter(({ file, name }) => !existsSync(ROOT + file) || !readFileSync(ROOT + file, "utf8").includes(name));
    expect(missing).toEqual([]);
  });
});
