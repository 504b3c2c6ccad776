import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fuzz } from "../../test/support/fuzz.js";
import { VALUE_SPELLING } from "../render/static-secrets.js";
import { ENTRY_SPELLING } from "../render/static-template.js";
import { parseYaml } from "./parse.js";
import { putIn } from "./put.js";

const put = (text: string, id: string, value = "new") => {
  const [application = "", key = ""] = id.split("/");
  return putIn(text, { path: ["applications", application, key, "value"], value }, VALUE_SPELLING);
};
const PEM = "-----BEGIN KEY-----\nabc\n-----END KEY-----\n";

const FILE = `# Ours.
applications:
  # The gate.
  gate:
    token: # from the web team
      description: >-
        two
        lines
      value: "old"   # rotate in May
    empty:
      value:
    block:
      value: | # a key
        one

        two

      # what follows the block
    braces: {value: 'old', description: x} # short
    # other: commented out

  # The portal.
  portal: {key: {value: null}}
# The clients.
oidc-clients: {}
`;

describe("a value in a document", () => {
  test.each<[string, string, string, string]>([
    ["quotes", "gate/token", 'value: "old"   # rotate', "value: new   # rotate"],
    ["nothing", "gate/empty", "      value:\n", "      value: new\n"],
    ["a block", "gate/block", "value: | # a key\n        one\n\n        two\n", "value: new # a key\n"],
    ["braces", "gate/braces", "{value: 'old', ", '{value: "new", '],
    ["null", "portal/key", "{value: null}", '{value: "new"}'],
  ])("takes the place of %s", (_, id, before, after) => {
    expect(FILE).toContain(before);
    expect(put(FILE, id)).toBe(FILE.replace(before, after));
  });

  test("of several lines becomes a block", () => {
    expect(put(FILE, "gate/token", PEM)).toBe(
      FILE.replace(
        '"old"   # rotate in May\n',
        "|   # rotate in May\n        -----BEGIN KEY-----\n        abc\n        -----END KEY-----\n",
      ),
    );
    expect(put(FILE, "gate/block", PEM)).toContain("value: | # a key\n        -----BEGIN");
    expect(put(FILE, "portal/key", "a\nb")).toContain('portal: {key: {value: "a\\nb"}}');
  });

  test("goes below the others of its application, and above what belongs to the next one", () => {
    expect(put(FILE, "gate/added")).toBe(
      FILE.replace("    # other: commented out\n", "    # other: commented out\n    added:\n      value: new\n"),
    );
    expect(put(FILE, "portal/added")).toBe(FILE.replace("portal: {", 'portal: {added: {value: "new"}, '));
    expect(put(FILE, "wiki/added")).toBe(
      FILE.replace("# The clients.", "  wiki:\n    added:\n      value: new\n# The clients."),
    );
  });

  test.each([
    ["", "applications:\n  a:\n    k:\n      value: new\n"],
    ["{}\n", "applications:\n  a:\n    k:\n      value: new\n"],
    ["# Ours.\n{}", "# Ours.\napplications:\n  a:\n    k:\n      value: new\n"],
    ["# Ours.", "# Ours.\napplications:\n  a:\n    k:\n      value: new\n"],
    ["oidc-clients: {}", "oidc-clients: {}\napplications:\n  a:\n    k:\n      value: new\n"],
    ["applications: {} # none\n", "applications: # none\n  a:\n    k:\n      value: new\n"],
    ["applications:\n  a: {}\n", "applications:\n  a:\n    k:\n      value: new\n"],
    ["applications:\n  a:\n    k: {}\nx: 1\n", "applications:\n  a:\n    k:\n      value: new\nx: 1\n"],
    ["applications:\n  a: {k: {}}\n", 'applications:\n  a: {k: {value: "new"}}\n'],
    ["applications:\r\n  b: {}\r\n", "applications:\r\n  b: {}\r\n  a:\r\n    k:\r\n      value: new\r\n"],
    [
      "applications:\n    b:\n        k: {}\n",
      "applications:\n    b:\n        k: {}\n    a:\n      k:\n        value: new\n",
    ],
    ["---\napplications:\n  a: {}\n...\n", "---\napplications:\n  a:\n    k:\n      value: new\n...\n"],
  ])("goes into %j", (before, after) => {
    expect(put(before, "a/k")).toBe(after);
  });

  test("is not put where that would change another one", () => {
    expect(put("applications:\n  a: {k: &x {value: old}}\n  b: {k: *x}\n", "b/k")).toBe(undefined);
    expect(put("applications:\n  a: {k: {value: &x old}}\n  b: {k: {value: *x}}\n", "a/k")).toBe(undefined);
    expect(put("applications:\n  a: {<<: {k: {description: x}}}\n", "a/k")).toBe(undefined);
    expect(put("applications: {a: [1]}\n", "a/k")).toBe(undefined);
  });

  test("an entry is wrapped as a template wraps it", () => {
    const description = "many words that do not stand on one line of seventy characters, as the templates have them";
    const value = { description, value: null };
    expect(putIn("applications:\n  a: {k: {}}\n", { path: ["applications", "b", "k"], value }, ENTRY_SPELLING)).toBe(
      "applications:\n  a: {k: {}}\n  b:\n    k:\n      description: >-\n        many words that do not stand on one line of seventy characters,\n        as the templates have them\n      value: null\n",
    );
  });
});

test("whatever the value and the file, what is read is what was put, and every other line stays", () => {
  const name = fc.stringMatching(/^[a-z]{1,3}$/);
  const value = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom("a", " ", "\n", "#", ":", "'") }),
  );
  const written = fc.oneof(
    value.map((text) => JSON.stringify(text)),
    fc.constantFrom("plain", "~", "", "|-\n        a\n\n        b", ">\n        a\n        # b\n\n"),
  );
  const entries = fc.dictionary(name, fc.dictionary(name, written, { maxKeys: 3 }), { maxKeys: 3 });
  const text = entries.map((applications) => {
    const lines = Object.entries(applications).flatMap(([application, keys]) => [
      `  ${application}:${Object.keys(keys).length === 0 ? " {}" : ""} # of ${application}`,
      ...Object.entries(keys).flatMap(([key, scalar]) => [`    # on ${key}`, `    ${key}:`, `      value: ${scalar}`]),
    ]);
    return `applications:${lines.length === 0 ? " {}" : ""}\n${lines.map((line) => `${line}\n`).join("")}# end\nx: 1\n`;
  });
  fc.assert(
    fc.property(text, name, name, value, (before, application, key, secret) => {
      try {
        parseYaml(before, () => "");
      } catch {
        return fc.pre(false);
      }
      const after = put(before, `${application}/${key}`, secret);
      expect(after).toBeDefined();
      const read = parseYaml(after ?? "", () => "").value as { applications: Record<string, Record<string, object>> };
      expect(read.applications[application]?.[key]).toMatchObject({ value: secret });
      const comments = (all: string) => all.split("\n").filter((line) => /^ *# (?:on|end)/.test(line));
      expect(comments(after ?? "")).toEqual(comments(before));
    }),
    fuzz(300),
  );
});
