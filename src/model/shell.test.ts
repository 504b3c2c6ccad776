import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { commandLine } from "./shell.js";

test("plain words stay as they are", () => {
  expect(commandLine("phalanx", "secrets", "restore", "idf-dev_2", "--kv-version", "3", "a.b/c:d@e%f+g=h,i")).toBe(
    "phalanx secrets restore idf-dev_2 --kv-version 3 a.b/c:d@e%f+g=h,i",
  );
});

test("others are quoted", () => {
  expect(commandLine("x", "a b", "it's", "", "~", "=ls", "$(id)")).toBe(
    String.raw`x 'a b' 'it'\''s' '' '~' '=ls' '$(id)'`,
  );
});

test("a shell reads back what it was", () => {
  const words = fc.array(
    fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "")),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(words, (texts) => {
      const script = commandLine("printf", String.raw`%s\0`, ...texts);
      expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(texts.map((text) => `${text}\0`).join(""));
    }),
    { numRuns: 30 },
  );
});
