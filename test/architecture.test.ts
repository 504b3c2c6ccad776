import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "./support/cli.js";

const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .sort();
const text = new Map(sources.map((path) => [path, readFileSync(join(ROOT, "src", path), "utf8")]));
const filesWith = (pattern: RegExp): string[] => sources.filter((path) => pattern.test(text.get(path) ?? ""));

describe("the code", () => {
  test("reveals values only where they are compared by length, hashed, serialised or sent", () => {
    expect(filesWith(/\.reveal(Json)?\(\)/)).toEqual([
      "cli/session.ts", // the token of a session
      "secrets/generators.ts", // hashes and the two JSON texts
      "secrets/resolve.ts", // the length limit of bcrypt
      "vault/apply-write.ts", // the body of a write
    ]);
  });

  test("knows the process only in bin.ts", () => {
    expect(filesWith(/\bprocess\.(env|stdout|stderr|argv|exit|cwd|on)\b/)).toEqual(["bin.ts"]);
  });

  test("writes to Vault only in one place", () => {
    expect(filesWith(/method: "(POST|PUT|DELETE)"/)).toEqual(["vault/apply-write.ts"]);
  });
});
