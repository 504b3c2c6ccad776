import { describe, expect, test } from "vitest";
import { isName, isNamespace, isPath, parsePrefix } from "./names.js";

const NAMES = ["a", "7", "idfdev", "usdf-tel-rsp", "vault-secrets-operator", "A_b.c-d", "v1.2.3", "x".repeat(253)];
const CHARACTERS = "\"\\*+{}$`'; &|<>()[]!#~=@%^?:,/\0\n\t\u007f\u00a0\u00e9\u200b\u202e\ud800".split("");
const NO_NAMES = [
  "",
  ".",
  "..",
  ".git",
  "a.",
  "a..b",
  "-rf",
  "_x",
  "__proto__",
  "~",
  "prod;touch${IFS}x",
  "x".repeat(254),
].concat(CHARACTERS.map((character) => `a${character}b`));

describe("a name", () => {
  test.each(NAMES)("can be %s", (name) => expect(isName(name)).toBe(true));
  test.each(NO_NAMES)("cannot be %j", (name) => expect(isName(name)).toBe(false));
});

describe("a path of a mount or a namespace", () => {
  test.each(["jwt", "jwt/github", "kubernetes/cluster-1"])("can be %s", (path) => expect(isPath(path)).toBe(true));
  test.each(["", "/", "/jwt", "jwt/", "a//b", "a/../b", "a?b", "a b"])("cannot be %j", (path) =>
    expect(isPath(path)).toBe(false),
  );

  test("may end in a slash for a namespace", () => {
    const namespaces = ["admin", "admin/", "admin/team/"];
    expect(namespaces.concat("admin//", "/", "", "a\r\nx").filter(isNamespace)).toEqual(namespaces);
  });
});

test("a prefix is a mount and a path", () => {
  expect(parsePrefix("secret/phalanx/demo")).toEqual({ mount: "secret", path: "phalanx/demo" });
  for (const wrong of NO_NAMES) {
    for (const text of [`secret/${wrong}`, `${wrong}/x`, `secret/${wrong}/x`]) {
      // If it contains a slash, it can be several components.
      if (!wrong.includes("/")) expect(parsePrefix(text)).toHaveProperty("fault");
    }
  }
});
