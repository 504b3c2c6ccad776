import { describe, expect, test } from "vitest";
import { hintOf } from "../src/render/diagnostic.js";
import { phalanxHere } from "./support/cli.js";
import { lint, smallTree, told } from "./support/lint.js";

/** A prefix is refused or reported with the one to write instead. */
const withPrefix = (prefix: string): Record<string, string> =>
  smallTree(
    { a: {} },
    {
      "environments/values-one.yaml": `vaultUrl: https://vault.example.org\nvaultPathPrefix: ${JSON.stringify(prefix)}\napplications: {a: true}\n`,
    },
  );

describe("what a prefix that is refused may mean", () => {
  test.each([
    ["/secret/x", "begins with a slash", "Write secret/x."],
    ["secret/x/", "ends with a slash", "Write secret/x."],
    ["secret//x", "has two slashes in a row", "Write secret/x."],
    ["//secret//x//", "begins with a slash", "Write secret/x."],
    [" secret/x", 'contains " secret", which is not a valid name', "Write secret/x."],
    ["secret/x\t", 'contains "x\t", which is not a valid name', "Write secret/x."],
    ["secret / x", 'contains "secret ", which is not a valid name', "Write secret/x."],
    ["secret/a b", 'contains "a b", which is not a valid name', "A name has at most 253 ASCII letters"],
    ["/secret/", "begins with a slash", "Write MOUNT/PATH, as in secret/phalanx/demo."],
    ["secret", "has only one part: it needs a mount and a path", "Write MOUNT/PATH, as in secret/phalanx/demo."],
  ])("%j", (prefix, why, what) => {
    const report = lint(withPrefix(prefix));
    expect(told(report)).toEqual([`environments/values-one.yaml:2:18 error settings [one] "vaultPathPrefix" ${why}`]);
    const [found] = report.findings;
    expect(found && hintOf(found.diagnostic)).toContain(what);
  });

  test("and the old one of copy-secrets", async () => {
    const { exit, stderr } = await phalanxHere(["vault", "copy-secrets", "demo", "/secret//old/"], {
      cwd: "example",
      env: { VAULT_TOKEN: "s.x" },
    });
    expect([exit, stderr]).toEqual([
      2,
      'Error: OLDPREFIX "/secret//old/" begins with a slash\nHint: Write secret/old.\n',
    ]);
  });
});

describe("a prefix that is a path of the API", () => {
  test.each([
    ["secret/data/phalanx/one", "secret/phalanx/one"],
    ["secret/metadata/one", "secret/one"],
    ["v1/secret/data/one", "secret/one"],
    ["v1/secret/one", "secret/one"],
  ])("%s is a warning", (prefix, meant) => {
    const report = lint(withPrefix(prefix));
    expect(told(report)).toEqual([
      `environments/values-one.yaml:2:18 warning api-path-prefix [one] the prefix of one, ${prefix}, is a path of Vault's API`,
    ]);
    const [found] = report.findings;
    expect(found && hintOf(found.diagnostic)).toContain(`Write vaultPathPrefix: ${meant}.`);
  });

  test.each(["secret/data", "data/one", "secret/phalanx/data", "secret/database/one", "v1/secret"])(
    "not %s",
    (prefix) => {
      expect(told(lint(withPrefix(prefix)))).toEqual([]);
    },
  );
});
