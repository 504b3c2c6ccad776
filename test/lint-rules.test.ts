import { describe, expect, test } from "vitest";
import { looksLikeCredential } from "../src/lint/credential.js";
import { nearestPath } from "../src/lint/nearest-path.js";
import { RULE_WORDS } from "../src/render/words/lint-rules.js";
import { lint, smallTree, told } from "./support/lint.js";

const secret = (rest: string): string => `s: {description: x, ${rest}}\n`;
const TEXT = "s: {description: x}\n";

/** What is said of one application `a` that both environments enable. */
const ofApplication = (files: Readonly<Record<string, string>>, others = {}): string[] =>
  told(lint(smallTree({ a: files, ...others })));

test("nothing is said of a tree without faults", () => {
  const report = lint(
    smallTree({
      a: { "secrets.yaml": `${TEXT}t: {copy: {application: b, key: s}}\n`, "values.yaml": "on: true\n" },
      b: { "secrets.yaml": TEXT },
    }),
  );
  expect(report).toEqual({ findings: [], environments: ["one", "two"], ignored: [] });
});

describe("errors", () => {
  test("files that are no YAML, no mapping, or have a key twice", () => {
    expect(
      ofApplication({ "values.yaml": "a: [1\n", "secrets.yaml": "- x\n", "values-two.yaml": "a: 1\na: 2\n" }),
    ).toEqual([
      "a/secrets.yaml:1:1 error yaml [one,two] is a list; it must be a mapping",
      "a/values-two.yaml:2:1 error duplicate-key [two] mapping key appears twice: a",
      "a/values.yaml:2:1 error yaml [one,two] deficient indentation",
    ]);
  });

  test("aliases that would become huge", () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghij"
      .split("")
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[i]}`).join(",")}]\n`)
      .join("")}`;
    expect(ofApplication({ "values.yaml": bomb })).toEqual([
      expect.stringMatching(/^a\/values\.yaml:\d+:\d+ error yaml \[one,two\] too many aliases$/),
    ]);
  });

  test("entries that the schema refuses, each where it stands", () => {
    expect(ofApplication({ "secrets.yaml": "s:\n  descripton: x\nt: {description: x, if: 'a b'}\n" })).toEqual([
      'a/secrets.yaml:2:3 error secret-definition [one,two] a/s: unknown field "descripton"',
      "a/secrets.yaml:3:25 error secret-definition [one,two] a/t: the condition is not a path",
    ]);
  });

  test("defaults that are wrong once, for every environment", () => {
    const files = smallTree({ a: {} }, { "environments/values.yaml": "applications: {b: maybe, a: true}\n" });
    const report = lint(files);
    expect(told(report)).toEqual([
      "environments/values.yaml:1:19 error settings [one,two] application b is a string; it must be true or false",
    ]);
    expect(report.findings[0]?.diagnostic.subject).toEqual({ application: "b" });
  });

  test("settings and charts that are missing or wrong", () => {
    const files = smallTree({ a: {} }, { "environments/values-two.yaml": "vaultUrl: x\napplications: {a: maybe}\n" });
    delete files["applications/a/Chart.yaml"];
    expect(told(lint(files))).toEqual([
      "a/Chart.yaml:1:1 error missing-chart [one] does not exist, but a is enabled",
      'environments/values-two.yaml:1:1 error settings [two] "vaultPathPrefix" is not set',
      'environments/values-two.yaml:1:11 error settings [two] "vaultUrl" is not a URL',
      "environments/values-two.yaml:2:19 error settings [two] application a is a string; it must be true or false",
    ]);
    expect(told(lint({ "environments/values-one.yaml": "a: 1\n" }))).toEqual([
      "environments/values.yaml:1:1 error unreadable-file [one] does not exist, or is a broken link",
    ]);
    expect(told(lint({ "environments/values-one.yaml": "# nothing\n", "environments/values.yaml": "" }))).toEqual([
      "environments/values-one.yaml:1:1 error settings [one] is empty",
      "environments/values.yaml:1:1 error settings [one] is empty",
    ]);
  });

  test("environments whose secrets are below those of another, by way of the defaults", () => {
    const below = "vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/all/inner\n";
    const files = {
      "environments/values.yaml": below,
      "environments/values-one.yaml": "applications: {}\n",
      "environments/values-two.yaml": "applications: {}\n",
      "environments/values-outer.yaml": "vaultPathPrefix: secret/all\n",
    };
    expect(told(lint(files)).filter((line) => line.includes("below"))).toEqual([
      "environments/values.yaml:2:18 error shared-prefix [one,outer] the prefix of one is below that of outer",
      "environments/values.yaml:2:18 error shared-prefix [outer,two] the prefix of two is below that of outer",
    ]);
  });

  test("an environment whose secrets are below those of another", () => {
    const files = smallTree({ app: { "secrets.yaml": "key: {description: x}\n" } });
    const two = (files["environments/values-two.yaml"] ?? "").replace("secret/two", "secret/one/app");
    expect(told(lint({ ...files, "environments/values-two.yaml": two }))).toEqual([
      "environments/values-two.yaml:2:18 error shared-prefix [one,two] the prefix of two is below that of one",
    ]);
  });

  test("two environments of one server and prefix, however they are written", () => {
    const files = smallTree(
      {},
      {
        "environments/values-two.yaml":
          "vaultUrl: https://VAULT.example.org:443/\nvaultPathPrefix: secret/one\napplications: {}\n",
      },
    );
    const { findings } = lint(files);
    expect(told(lint(files))).toEqual([
      "environments/values-one.yaml:2:18 error shared-prefix [one] one and two keep their secrets under the same prefix of the same server",
      "environments/values-two.yaml:2:18 error shared-prefix [two] one and two keep their secrets under the same prefix of the same server",
    ]);
    expect(findings[0]?.diagnostic).toMatchObject({
      code: "prefix-shared",
      details: { environments: ["one", "two"], more: 0 },
    });
  });

  test("environments of one server whose AppRoles have one name, though their prefixes differ", () => {
    const settings = (prefix: string, url = "https://vault.example.org"): string =>
      `vaultUrl: ${url}\nvaultPathPrefix: ${prefix}\napplications: {}\n`;
    const files = smallTree(
      {},
      {
        "environments/values-one.yaml": settings("secret/a/prod"),
        "environments/values-two.yaml": settings("kv/Prod", "https://VAULT.example.org:443/"),
        "environments/values-other.yaml": settings("secret/c/prod", "https://other.example.org"),
        "environments/values-own.yaml": settings("secret/a/production"),
      },
    );
    expect(told(lint(files))).toEqual([
      "environments/values-one.yaml:2:18 error shared-prefix [one] one and two share one AppRole in Vault, prod",
      "environments/values-two.yaml:2:18 error shared-prefix [two] one and two share one AppRole in Vault, Prod",
    ]);
  });

  test("names that cannot be one", () => {
    const settings = 'vaultUrl: https://vault.example.org\nvaultPathPrefix: "secret/o*"\napplications: {"x;y": true}\n';
    const files = smallTree(
      {},
      {
        "environments/values-two.yaml": settings,
        "environments/values-prod;touch${IFS}x.yaml":
          "vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/p\n",
        "environments/values-a\nb.yaml": "vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/ab\n",
      },
    );
    expect(told(lint(files))).toEqual([
      'environments/values-a\nb.yaml:1:1 error settings [a\nb] "a\nb" is not a valid environment name',
      'environments/values-prod;touch${IFS}x.yaml:1:1 error settings [prod;touch${IFS}x] "prod;touch${IFS}x" is not a valid environment name',
      'environments/values-two.yaml:2:18 error settings [two] "vaultPathPrefix" contains "o*", which is not a valid name',
      'environments/values-two.yaml:3:23 error settings [two] "x;y" is not a valid application name',
    ]);
  });

  test("rules that conflict, only where both apply", () => {
    const entry = secret("copy: {application: b, key: s, if: x}, generate: {type: password, if: y}");
    expect(
      ofApplication(
        { "secrets.yaml": entry, "values.yaml": "x: true\ny: false\n", "values-two.yaml": "x: true\ny: true\n" },
        { b: { "secrets.yaml": TEXT } },
      ).filter((line) => line.includes("error")),
    ).toEqual([
      "a/secrets.yaml:1:1 error conflicting-rules [two] Invalid configuration for secret a/s: Copy and generate rules conflict",
    ]);
  });

  test("sources that are not there", () => {
    const entries = [
      "cycle1: {copy: {application: a, key: cycle2}}",
      "cycle2: {copy: {application: a, key: cycle1}}",
      "off1: {copy: {application: c, key: s}}",
      "gone: {copy: {application: b, key: t}}",
      "maybe: {copy: {application: b, key: s}}",
      "behind: {copy: {application: a, key: gone}}",
      "made: {description: x, generate: {type: template, template: 'x ${b/t}'}}",
      "hash: {description: x, generate: {type: bcrypt-password-hash, source: nothing}}",
    ];
    const files = smallTree(
      {
        a: { "secrets.yaml": `${entries.join("\n")}\n` },
        b: { "secrets.yaml": secret("if: x"), "values.yaml": "x: 0" },
      },
      { "applications/b/values-one.yaml": "x: 1\n" },
    );
    expect(told(lint(files)).filter((line) => line.includes(" error "))).toEqual([
      "a/secrets.yaml:1:10 error dependency-cycle [one,two] a/cycle1 is part of a cycle (a/cycle1 <- a/cycle2 <- a/cycle1)",
      "a/secrets.yaml:3:8 error source-not-enabled [one,two] a/off1 comes from c/s, but the application c is not enabled",
      "a/secrets.yaml:4:8 error source-undeclared [one,two] a/gone comes from b/t, which no secrets.yaml declares",
      "a/secrets.yaml:5:9 error source-not-required [two] a/maybe comes from b/s, which is not required: its condition is false",
      "a/secrets.yaml:7:51 error source-undeclared [one,two] a/made comes from b/t, which no secrets.yaml declares",
      "a/secrets.yaml:8:63 error source-undeclared [one,two] a/hash comes from a/nothing, which no secrets.yaml declares",
    ]);
  });

  test("secrets that come from themselves, unless their rule is never used", () => {
    const secrets =
      "s: {copy: {application: a, key: s}}\nh: {description: x, generate: {type: bcrypt-password-hash, source: h}}\n" +
      "t: {description: x, generate: {type: template, template: '${t}'}}\n" +
      "u: {description: x, copy: {application: a, key: u, if: never}}\n";
    const found = ofApplication({ "secrets.yaml": secrets, "values.yaml": "never: false\n" });
    expect(found.filter((line) => !/ (extension|constant-condition) /.test(line))).toEqual([
      "a/secrets.yaml:1:5 error dependency-cycle [one,two] a/s comes from itself",
      "a/secrets.yaml:2:60 error dependency-cycle [one,two] a/h comes from itself",
      "a/secrets.yaml:3:48 error dependency-cycle [one,two] a/t comes from itself",
    ]);
  });

  test("a source that is too long for bcrypt", () => {
    const entries = `p: {description: x, value: ${"word ".repeat(20).trim()}}\nh: {description: x, generate: {type: bcrypt-password-hash, source: p}}\n`;
    expect(ofApplication({ "secrets.yaml": entries })).toContain(
      "a/secrets.yaml:2:60 error source-too-long [one,two] a/h is a bcrypt hash of a/p, which is longer than 72 bytes",
    );
  });

  test("keys that Kubernetes refuses, in any file, and none that it takes", () => {
    expect(
      ofApplication({
        "secrets.yaml": `"my key": {description: x}\n"..": {description: x}\nx:y: {description: x}\nclé: {description: x}\n.fine-One_2: {description: x}\n`,
        "secrets-two.yaml": `/etc/tls.crt: {description: x}\n${"k".repeat(254)}: {description: x}\n`,
      }).map((line) => line.replace(/k{9,}/, "k...")),
    ).toEqual(
      [
        ["-two.yaml:1:1", "two", "/etc/tls.crt"],
        ["-two.yaml:2:1", "two", "k..."],
        [".yaml:1:1", "one,two", "my key"],
        [".yaml:2:1", "one,two", ".."],
        [".yaml:3:1", "one,two", "x:y"],
        [".yaml:4:1", "one,two", "clé"],
      ].map(
        ([place, environments, key]) =>
          `a/secrets${place} error kubernetes-key [${environments}] a/${key} is not a valid key of a Kubernetes Secret, so none of the secrets of a reach the cluster`,
      ),
    );
  });

  test("a key that Kubernetes refuses can be ignored, since a sync goes on", () => {
    const entry = `"my key": {description: x} # phalanx-lint: ignore kubernetes-key a script reads it from Vault\n`;
    expect(ofApplication({ "secrets.yaml": entry })).toEqual([]);
  });

  test("values that are together more than a Kubernetes Secret takes", () => {
    const half = `{description: x, value: ${"x".repeat(512 * 1024)}}\n`;
    expect(ofApplication({ "secrets.yaml": `s: ${half}t: ${half}` })).toEqual([]);
    expect(
      ofApplication({ "secrets.yaml": `s: ${half}t: ${half}`, "secrets-two.yaml": "u: {description: x, value: x}\n" }),
    ).toEqual([
      "a/secrets.yaml:1:1 warning too-large [two] the secrets of a are 1048577 bytes in total, more than the 1 MiB that a Kubernetes Secret holds, so none of them reach the cluster",
    ]);
  });

  test("what follows from a broken file or entry is not said", () => {
    const copy = { "secrets.yaml": "s: {copy: {application: b, key: s}}\n" };
    expect(ofApplication(copy, { b: { "secrets.yaml": "s: 5\n" } })).toEqual([
      "b/secrets.yaml:1:1 error secret-definition [one,two] b/s: it is a number; it must be a mapping",
    ]);
    expect(ofApplication(copy, { b: { "secrets.yaml": secret("if: x"), "values.yaml": "{" } })).toHaveLength(1);
  });

  test("a broken file that no environment reads is a warning", () => {
    const files = smallTree({}, { "applications/z/values.yaml": "{", "applications/z/Chart.yaml": "name: z\n" });
    expect(told(lint(files))).toEqual([expect.stringMatching(/^z\/values\.yaml:\d:\d warning yaml \[\] /)]);
  });
});

describe("conditions", () => {
  test("a path in no values file, with the nearest one", () => {
    expect(
      lint(
        smallTree({
          a: {
            "secrets.yaml": secret("if: config.slack.enabeld"),
            "values.yaml": "config: {slack: {enabled: true}}\n",
          },
        }),
      ).findings,
    ).toMatchObject([
      {
        rule: "unknown-condition",
        diagnostic: {
          code: "condition-unknown",
          place: { line: 1, column: 25 },
          details: { meant: "config.slack.enabled" },
        },
        environments: ["one", "two"],
      },
    ]);
  });

  test("a path that a template names, or that another chart has a default for, is no slip unless it looks like one", () => {
    const entry = secret("if: redis.tls.enabled");
    const never = "a/secrets.yaml:1:25 note required-nowhere [one,two] a/s: the condition";
    const chart = "name: a\ndependencies:\n  - {name: redis-chart, alias: redis}\n  - {name: other}\n";
    expect(ofApplication({ "secrets.yaml": entry, "Chart.yaml": chart })).toEqual([
      `${never} redis.tls.enabled is false wherever a is enabled`,
    ]);
    const values = { "values.yaml": "redis: {tls: {enable: true}}\n" };
    expect(ofApplication({ "secrets.yaml": entry, "Chart.yaml": chart, ...values })).toEqual([
      expect.stringContaining("unknown-condition"),
    ]);
    const template = (text: string) => ({ "secrets.yaml": secret("if: wiki_db"), "templates/a.yaml": text });
    expect(ofApplication(template("{{- with .Values.wiki_db }}"))).toEqual([
      `${never} wiki_db is false wherever a is enabled`,
    ]);
    expect(ofApplication(template("{{ .Values.wiki_db2 }}"))).toEqual([expect.stringContaining("unknown-condition")]);
  });

  test("a path in the values file of any environment is known", () => {
    expect(ofApplication({ "secrets.yaml": secret("if: x.y"), "values-one.yaml": "x: {y: true}\n" })).toEqual([]);
  });

  test("a path through something that is no mapping", () => {
    expect(
      ofApplication({
        "secrets.yaml": secret("if: x.y.z"),
        "values.yaml": "x: {y: null}\n",
        "values-two.yaml": "x: [1]\n",
      }),
    ).toEqual([
      "a/secrets.yaml:1:25 warning condition-through-value [two] a/s: the condition x.y.z leads through x, which is a list",
      "a/secrets.yaml:1:25 warning condition-through-value [one] a/s: the condition x.y.z leads through x.y, which is null",
    ]);
  });

  test("a path through a key that is no string leads nowhere, and repeats no string", () => {
    expect(
      ofApplication({
        "secrets.yaml": secret("if: db.1"),
        "values.yaml": "db: {1: true, '1x': true}\n1: x\n'1': x\n",
      }),
    ).toEqual([
      "a/secrets.yaml:1:25 warning unknown-condition [one,two] a/s: the condition db.1 is in no values file of a",
    ]);
    expect(ofApplication({ "values.yaml": "db: {1: true, 1: false}\n" })).toEqual([
      "a/values.yaml:1:15 error duplicate-key [one,two] mapping key appears twice: 1",
    ]);
  });

  test("constant conditions, in two environments or more", () => {
    const entry = secret("if: x, generate: {type: password, if: y}");
    const values = "x: true\ny: false\n";
    expect(ofApplication({ "secrets.yaml": entry, "values.yaml": values })).toEqual([
      "a/secrets.yaml:1:25 note constant-condition [one,two] a/s: the condition x is true in both environments",
      "a/secrets.yaml:1:59 note constant-condition [one,two] a/s: the condition y is false in both environments",
    ]);
    const files = smallTree({ a: { "secrets.yaml": entry, "values.yaml": values } });
    delete files["environments/values-two.yaml"];
    expect(told(lint(files))).toEqual([]);
  });

  test("secrets required nowhere, and those of applications that nobody enables", () => {
    expect(ofApplication({ "secrets.yaml": secret("if: x"), "values.yaml": "x: ''\n" })).toEqual([
      "a/secrets.yaml:1:25 note required-nowhere [one,two] a/s: the condition x is false wherever a is enabled",
    ]);
    expect(told(lint(smallTree({}, { "applications/z/secrets.yaml": TEXT })))).toEqual([
      "z/secrets.yaml:1:1 note required-nowhere [] no environment enables z, so nothing requires its secret",
    ]);
  });

  test("nothing is said of conditions while values are broken", () => {
    expect(ofApplication({ "secrets.yaml": secret("if: x"), "values-two.yaml": "{" })).toHaveLength(1);
  });

  test.each([
    ["config.sentry.enabled", "sentry.enabled"],
    ["slack.enabled", "config.slack.enabled"],
    ["config.slak.enabled", "config.slack.enabled"],
    ["config.other.passwordEnabled", undefined],
  ])("the path nearest to %s is %s", (path, expected) => {
    const known =
      expected === "sentry.enabled" ? ["sentry", "sentry.enabled"] : ["config", "config.slack", "config.slack.enabled"];
    expect(nearestPath(path, known)).toBe(expected);
  });
});

describe("sources that work but should not stay", () => {
  test("a copy of a copy", () => {
    expect(
      ofApplication(
        { "secrets.yaml": "s: {copy: {application: b, key: s}}\n" },
        { b: { "secrets.yaml": "s: {copy: {application: c, key: s}}\n" }, c: { "secrets.yaml": TEXT } },
      ),
    ).toEqual(["a/secrets.yaml:1:5 warning copy-chain [one,two] a/s is a copy of b/s, which is itself a copy of c/s"]);
  });

  test("a hash of what is no generated password", () => {
    const hash = "h: {description: x, generate: {type: bcrypt-password-hash, source: s}}\n";
    const said = (entry: string): string[] =>
      ofApplication(
        { "secrets.yaml": hash + entry },
        { b: { "secrets.yaml": "s: {description: x, generate: {type: password}}\n" } },
      );
    expect(said(secret("generate: {type: password}"))).toEqual([]);
    expect(said("s: {copy: {application: b, key: s}}\n")).toEqual([]);
    expect(said(TEXT)).toEqual([
      "a/secrets.yaml:1:68 warning bcrypt-source [one,two] a/h is a hash of s, which is not a generated password: it is of the kind static",
    ]);
    expect(said(secret("generate: {type: fernet-key}"))[0]).toMatch(/it is generated as fernet-key$/);
  });
});

describe("entries and files", () => {
  test("values that look like credentials, without showing them", () => {
    const value = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
    const report = lint(smallTree({ a: { "secrets.yaml": secret(`value: ${value}`) } }));
    expect(told(report)).toEqual([
      "a/secrets.yaml:1:28 warning credential-in-value [one,two] a/s: the fixed value looks like a real credential",
    ]);
    expect(JSON.stringify(report)).not.toContain(value);
  });

  test.each([
    "0123456789abcdef0123456789abcdef",
    "q8Zr2LmX0vTnB5cKd7Ye",
    "c2VjcmV0LXZhbHVlLWZvci10ZXN0cw0Kx9A=",
    "-----BEGIN RSA PRIVATE KEY-----\nabc",
    "postgres://user:hunter2@db.example.org/x",
    "hvs.CAESIJ0aaaaaaaaaaaaaaaaaaaa",
    "user=admin password=X9f2kLq7Wz3Rt8Yb",
  ])("%j looks like a credential", (text) => expect(looksLikeCredential(text)).toBe(true));

  test.each([
    "admin",
    "chronograf-client-id",
    "https://vault.example.org/some/long/path/to-a-thing",
    "postgresql://gafaelfawr@cloud-sql-proxy.gafaelfawr/gafaelfawr",
    "rubin-observatory-2024-lsst-camera",
    "A sentence about something, with several words.",
    "arn:aws:iam::123456789012:role/s3-access",
    "SquareMillionaire@example.org",
    "00000000000000000000000000000000",
    "TheQuickBrownFoxJumpsOverTheLazyDog",
  ])("%j does not", (text) => expect(looksLikeCredential(text)).toBe(false));

  test("extensions, old spellings, odd keys", () => {
    const entries = [
      "r: {description: x, generate: {type: random, length: 8}}",
      "t: {description: x, generate: {type: template, template: 'x-${r}'}}",
      "o: {description: x, condition: x}",
      "0123: {description: x}",
    ];
    expect(ofApplication({ "secrets.yaml": `${entries.join("\n")}\n`, "values-one.yaml": "x: 1\n" })).toEqual([
      "a/secrets.yaml:1:38 warning extension [one,two] a/r: the original program does not know the generator random",
      "a/secrets.yaml:2:38 warning extension [one,two] a/t: the original program does not know the generator template",
      'a/secrets.yaml:3:1 warning old-spelling [one,two] a/o: "condition" is an old spelling; write "if"',
      'a/secrets.yaml:4:1 warning odd-key [one,two] the key is a number, read as "83"; to keep that name, write "83" in quotes',
    ]);
  });

  test("files of environments that do not exist", () => {
    expect(ofApplication({ "secrets-tow.yaml": TEXT, "values-three.yaml": "a: 1\n" })).toEqual([
      "a/secrets-tow.yaml:1:1 error misnamed-file [two] a file with this name is ignored, so a may lack secrets or values",
      "a/values-three.yaml:1:1 warning unknown-environment [] there is no environment three, so nothing reads this file",
    ]);
  });

  test("directories of applications whose name cannot be one, and not what is no application", () => {
    const strange = {
      "applications/a~/Chart.yaml": "name: a\n",
      "applications/a copy/secrets.yaml": "broken: [\n",
      "applications/.git/config": "x",
      "applications/.idea/values.yaml": "a: [\n",
      "applications/#notes#": "x",
    };
    expect(told(lint(smallTree({}, strange)))).toEqual([
      'a copy:1:1 warning unusable-name [] "a copy" is not a valid application name, so this directory is ignored',
      'a~:1:1 warning unusable-name [] "a~" is not a valid application name, so this directory is ignored',
    ]);
  });

  test("overrides that override nothing", () => {
    const files = smallTree(
      { a: { "secrets.yaml": TEXT, "secrets-one.yaml": TEXT, "secrets-two.yaml": "# nothing\n" } },
      { "applications/z/secrets-one.yaml": "s: {description: y}\n" },
    );
    expect(told(lint(files)).filter((line) => line.includes("useless"))).toEqual([
      "a/secrets-one.yaml:1:1 warning useless-override [one] a/s is the same in secrets.yaml",
      "a/secrets-two.yaml:1:1 warning useless-override [two] the file is empty, so it overrides nothing",
      "z/secrets-one.yaml:1:1 warning useless-override [one] one does not enable z, so this file overrides nothing",
    ]);
  });
});

test("every rule has a name in kebab case, a summary and an explanation", () => {
  for (const [id, { summary, explanation }] of Object.entries(RULE_WORDS)) {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(summary).toMatch(/^[A-Za-z].*\.$/);
    expect(explanation.length).toBeGreaterThan(40);
  }
});
