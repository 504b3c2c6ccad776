import { describe, expect, test } from "vitest";
import { capabilitiesAt, compileAcl, hasMountAccess } from "./acl.js";
import { parsePolicy } from "./policy.js";

function acl(...texts: string[]) {
  return compileAcl(texts.map(parsePolicy));
}

function allowed(access: ReturnType<typeof acl>, path: string, listing = false): string[] {
  return [...capabilitiesAt(access, path, listing)].sort();
}

describe("which rule is the most specific", () => {
  const access = acl(`
    path "secret/data/+/a"  { capabilities = ["read"] }
    path "secret/data/x/*"  { capabilities = ["list"] }
    path "secret/data/+/+"  { capabilities = ["update"] }
    path "secret/data/+/b*" { capabilities = ["delete"] }
    path "secret/data/d/*"  { capabilities = ["read", "deny"] }
    path "secret/data/d/ok" { capabilities = ["read"] }
    path "secret/data/*"    { capabilities = ["create"] }
    path "*"                { capabilities = ["sudo"] }
    path "+/z"              { capabilities = ["read"] }
  `);

  // Recorded from a real server.
  test.each([
    ["secret/data/x/a", "list"],
    ["secret/data/y/a", "read"],
    ["secret/data/y/b", "update"],
    ["secret/data/y/bb", "update"],
    ["secret/data/y/bb/c", "create"],
    ["secret/data/d/q", "deny"],
    ["secret/data/d/ok", "read"],
    ["secret/data/1/2/3", "create"],
    ["other", "sudo"],
    ["q/z", "read"],
    ["secret/data//a", "read"],
    ["/secret/data/d/ok", "read"],
  ])("%s: %s", (path, capability) => {
    expect(allowed(access, path)).toStrictEqual([capability]);
  });

  test("a list also matches a rule without the trailing slash", () => {
    const lists = acl(`
      path "m/foo"   { capabilities = ["list"] }
      path "m/bar/"  { capabilities = ["list"] }
      path "m/baz/*" { capabilities = ["list"] }
      path "m/qux/+" { capabilities = ["list"] }
    `);
    const matching = ["m/foo/", "m/bar/", "m/baz/", "m/baz/z/", "m/qux/", "m/qux/a/"];
    expect(matching.filter((path) => !allowed(lists, path, true).includes("list"))).toStrictEqual([]);
    expect(allowed(lists, "m/bar", true)).toStrictEqual([]);
    expect(allowed(lists, "m/foo/", false)).toStrictEqual([]);
  });

  test("the same path in several policies adds up, and deny wins", () => {
    const read = 'path "x" { capabilities = ["read"] }';
    const write = 'path "x" { capabilities = ["update"] }';
    const deny = 'path "x" { capabilities = ["deny"] }';
    expect(allowed(acl(read, write), "x")).toStrictEqual(["read", "update"]);
    expect(allowed(acl(read, deny, write), "x")).toStrictEqual(["deny"]);
  });
});

describe("access to a mount", () => {
  test.each([
    ['path "kv/data/app" { capabilities = ["read"] }', true],
    ['path "kv/*" { capabilities = ["deny"] }', false],
    ['path "+/data/app" { capabilities = ["read"] }', true],
    ['path "kv*" { capabilities = ["read"] }', true],
    ['path "other/*" { capabilities = ["read"] }', false],
  ])("%s: %s", (policy, expected) => {
    expect(hasMountAccess(acl(policy), "kv/")).toBe(expected);
  });
});

describe("the policy parser", () => {
  test("takes comments and trailing commas", () => {
    const rules = parsePolicy(
      '# one\n// two\n/* three */ path "/a" { capabilities = ["read",] }\npath "b" { capabilities = ["deny"] }',
    );
    expect(rules.map(({ path, capabilities }) => `${path}: ${[...capabilities].join()}`)).toStrictEqual([
      "a: read",
      "b: deny",
    ]);
  });

  test("takes JSON", () => {
    const [rule] = parsePolicy('{"path": {"a/*": {"capabilities": ["read", "list"]}}}');
    expect(rule).toStrictEqual({ path: "a/*", capabilities: new Set(["read", "list"]) });
  });

  test.each([
    ['path "x" {', "At 1:12: object expected closing RBRACE got: EOF"],
    ['path "x" {\n capabilities = ["read"\n}', "At 3:1: error parsing list, expected comma or list end, got: RBRACE"],
    ['path "x" { capabilities = [read] }', "At 1:28: unexpected token while parsing list: IDENT"],
    ['path "x" { foo = "write" }', '1 error occurred:\n\t* path "x": invalid key "foo" on line 1\n\n'],
    ['path "a/+*" { capabilities = ["read"] }', "path \"a/+*\": invalid use of wildcards ('+*' is forbidden)"],
    ['path "x" { capabilities = ["READ"] }', 'path "x": invalid capability "READ"'],
    ['path "x { }', "At 1:6: literal not terminated"],
  ])("refuses %s", (policy, reason) => {
    expect(() => parsePolicy(policy)).toThrow(new Error(`failed to parse policy: ${reason}`));
  });
});
