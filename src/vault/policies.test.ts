import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PhalanxError } from "../errors.js";
import { readPolicy, writePolicy } from "./policies.js";

const at = (mount: string, path: string) => ({ url: "https://vault.example.org", mount, path });

/** The paths that a policy names, with its strings parsed as HCL. */
function pathsOf(text: string): string[] {
  const rest = text.replaceAll(
    /path ("(?:[^"\\]|\\.)*") \{\n {2}capabilities = \[("[a-z]+"(, "[a-z]+")*)\]\n\}(\n|$)/g,
    "",
  );
  expect(rest).toBe("");
  return [...text.matchAll(/path ("(?:[^"\\]|\\.)*") \{/g)].map(([, string = ""]) => JSON.parse(string) as string);
}

describe("the policies of a prefix", () => {
  test.each([
    ["secret", "*"],
    ["secret", "o*"],
    ["secret", "+/lab"],
    ["+", "lab"],
    ["secret", "{{identity.entity.name}}"],
    ["secret", "${x}"],
  ])("cannot be made for %s/%s", (mount, path) => {
    for (const policy of [readPolicy, writePolicy]) expect(() => policy(at(mount, path))).toThrow(PhalanxError);
  });

  test("cover nothing else, even if the names are invalid", () => {
    const name = fc.oneof(
      fc.constantFrom('x"{capabilities=["read"]}path"', "a\nb", 'a\\"', "\\", "#", "//"),
      fc.string({ unit: "binary", minLength: 1 }).filter((text) => !/[*+]|\{\{|\$\{/.test(text)),
    );
    fc.assert(
      fc.property(name, name, (mount, path) => {
        expect(pathsOf(readPolicy(at(mount, path)).text)).toEqual([
          `${mount}/data/${path}/+`,
          `${mount}/metadata/${path}/+`,
        ]);
        expect(pathsOf(writePolicy(at(mount, path)).text)).toHaveLength(7);
      }),
    );
  });
});
