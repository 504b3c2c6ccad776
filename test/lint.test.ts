import { existsSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadEnvironment } from "../src/config/environment.js";
import { diskTree } from "../src/config/disk-tree.js";
import { lintTree, onlyConcerning } from "../src/lint/lint.js";
import { diagnostic } from "../src/model/diagnostics/index.js";
import { type Finding, findingPlace, RULE_IDS, withoutNotes } from "../src/model/lint.js";
import { refId } from "../src/model/secret.js";
import { SecretValue } from "../src/model/secret-value.js";
import { renderLintGithub } from "../src/render/lint-github.js";
import { lintResult } from "../src/render/lint-json.js";
import { renderLintSarif } from "../src/render/lint-sarif.js";
import { resolve } from "../src/secrets/resolve.js";
import { ROOT } from "./support/cli.js";
import { countingTree, lint, memoryTree, smallTree, told } from "./support/lint.js";
import { makeTree, type TestTree } from "./support/tree.js";

const COPY = "s: {copy: {application: z, key: s}}";
/** Something that a comment may ignore. */
const KEY = "s: {description: x, value: AKIAIOSFODNN7EXAMPLE}";

describe("a comment", () => {
  const withComment = (text: string): string[] => told(lint(smallTree({ a: { "secrets.yaml": text } })));

  test.each([
    ["on the line", `${KEY} # phalanx-lint: ignore credential-in-value an example\n`],
    ["above it", `# phalanx-lint: ignore credential-in-value an example\n${KEY}\n`],
    ["above other comments", `#  phalanx-lint:  ignore  credential-in-value  an example\n# of AWS\n${KEY}\n`],
    ["in a file of DOS", `# phalanx-lint: ignore credential-in-value an example\r\n${KEY}\r\n`],
  ])("%s ignores a finding", (_, text) => {
    const report = lint(smallTree({ a: { "secrets.yaml": text } }));
    expect(told(report)).toEqual([]);
    expect(report.ignored).toMatchObject([{ rule: "credential-in-value", reason: "an example" }]);
    const log = JSON.parse(renderLintSarif(report, "1"));
    expect(log.runs[0].results).toMatchObject([
      { ruleId: "credential-in-value", suppressions: [{ kind: "inSource", justification: "an example" }] },
    ]);
  });

  test.each([
    [
      "in quotes",
      's: {value: AKIAIOSFODNN7EXAMPLE, description: "see # phalanx-lint: ignore credential-in-value x"}\n',
    ],
    ["in a block", `${KEY}\nt:\n  description: |\n    # phalanx-lint: ignore credential-in-value x\n`],
    [
      "over lines",
      `s: {value: AKIAIOSFODNN7EXAMPLE, description: "a\n  # phalanx-lint: ignore credential-in-value x"}\n`,
    ],
  ])("in a text is none: %s", (_, text) => {
    const found = withComment(text);
    expect(found.join("\n")).toContain("credential-in-value [one,two] ");
    expect(found.join("\n")).not.toContain("ignore");
  });

  test("cannot ignore an error that a sync stops on", () => {
    const twice =
      "key: {description: x} # phalanx-lint: ignore duplicate-key a\nkey: {description: y} # phalanx-lint: ignore duplicate-key a\n";
    expect(withComment(twice)).toEqual([
      "a/secrets.yaml:1:23 warning unused-ignore [] duplicate-key reports nothing on line 1, so there is nothing to ignore",
      expect.stringMatching(/^a\/secrets\.yaml:2:1 error duplicate-key /),
      "a/secrets.yaml:2:23 warning bad-ignore [one,two] a comment cannot ignore duplicate-key",
    ]);
  });

  test("can ignore that a prefix is shared, which somebody may want", () => {
    const files = smallTree({});
    const two = (files["environments/values-two.yaml"] ?? "").replace(
      "secret/two",
      "secret/one # phalanx-lint: ignore shared-prefix one moves to two",
    );
    const one = (files["environments/values-one.yaml"] ?? "").replace(
      "secret/one",
      "secret/one # phalanx-lint: ignore shared-prefix one moves to two",
    );
    const report = lint({ ...files, "environments/values-one.yaml": one, "environments/values-two.yaml": two });
    expect([told(report), report.ignored.length]).toEqual([[], 2]);
  });

  test("needs a reason, a rule that exists, and something to ignore", () => {
    expect(withComment(`${COPY} # phalanx-lint: ignore source-not-enabled\n`)).toEqual([
      "a/secrets.yaml:1:5 error source-not-enabled [one,two] a/s comes from z/s, but the application z is not enabled",
      "a/secrets.yaml:1:37 warning bad-ignore [] the reason for ignoring source-not-enabled is missing, so it is not ignored",
    ]);
    expect(withComment("# phalanx-lint: ignore copy-chian x\n# phalanx-lint: disable\n")).toEqual([
      "a/secrets.yaml:1:1 warning bad-ignore [] there is no rule copy-chian",
      "a/secrets.yaml:2:1 warning bad-ignore [] the comment is not understood",
    ]);
    expect(withComment("# phalanx-lint: ignore copy-chain x\ns: {description: x}\n")).toEqual([
      "a/secrets.yaml:1:1 warning unused-ignore [] copy-chain reports nothing on line 2, so there is nothing to ignore",
    ]);
  });

  test("about charts is not unused when charts are not looked at", () => {
    const files = smallTree({
      a: { "secrets.yaml": "# phalanx-lint: ignore chart-unused a job reads it\ns: {description: x}\n" },
    });
    expect(told(lint(files, false))).toEqual([]);
    expect(told(lint(files, true))).toHaveLength(1);
  });
});

test("chosen environments leave out what does not concern them", () => {
  const report = lint(
    smallTree({ a: { "secrets.yaml": `${COPY}\n`, "secrets-two.yaml": "s: 5\n", "values-three.yaml": "" } }),
  );
  expect(told(onlyConcerning(report, new Set(["one"])))).toEqual([
    "a/secrets.yaml:1:5 error source-not-enabled [one] a/s comes from z/s, but the application z is not enabled",
  ]);
  expect(report.findings.length).toBeGreaterThan(1);
});

test("notes are left out unless they are asked for, and so are those that a comment ignores", () => {
  const entry = "{description: x, if: x}";
  const comment = "# phalanx-lint: ignore constant-condition next year one will have none";
  const secrets = `s: ${entry}\n${comment}\nt: ${entry}\n`;
  const report = lint(smallTree({ a: { "secrets.yaml": secrets, "values.yaml": "x: true\n" } }));
  expect(told(report)).toEqual([
    "a/secrets.yaml:1:25 note constant-condition [one,two] a/s: the condition x is true in both environments",
  ]);
  expect(report.ignored).toHaveLength(1);
  expect(withoutNotes(report)).toEqual({ findings: [], ignored: [], environments: ["one", "two"] });
  expect(renderLintGithub(report)).toMatch(/^::notice file=.*\n0 errors, 0 warnings, 1 note, 1 ignored\n$/);
});

const movedTo = (file: string, finding: Finding): Finding => ({
  ...finding,
  diagnostic: { ...finding.diagnostic, place: { ...findingPlace(finding), file } },
});

describe("forms", () => {
  const report = lint(
    smallTree({ a: { "secrets.yaml": `${COPY}\nt: {description: x, condition: u}\n`, "values.yaml": "u: 1\n" } }),
  );

  test("SARIF has what its schema requires", () => {
    const log = JSON.parse(renderLintSarif(report, "1.2.3"));
    expect(log).toMatchObject({ version: "2.1.0", $schema: expect.stringMatching(/sarif-2\.1\.0\.json$/) });
    const [{ tool, results, columnKind }] = log.runs;
    expect(columnKind).toBe("utf16CodeUnits");
    expect(tool.driver).toMatchObject({ name: "phalanx", version: "1.2.3" });
    expect(tool.driver.rules).toHaveLength(RULE_IDS.length);
    for (const rule of tool.driver.rules) {
      expect(rule).toEqual({
        id: expect.stringMatching(/^[a-z-]+$/),
        shortDescription: { text: expect.any(String) },
        fullDescription: { text: expect.any(String) },
        help: { text: expect.any(String) },
        defaultConfiguration: {
          level: expect.stringMatching(/^(error|warning|note)$/),
          enabled: !["constant-condition", "required-nowhere", "secret-unread"].includes(rule.id),
        },
      });
    }
    expect(results).toHaveLength(report.findings.length);
    for (const { ruleId, ruleIndex, level, message, locations } of results) {
      expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
      expect(level).toMatch(/^(error|warning|note)$/);
      expect(message.text.length).toBeGreaterThan(10);
      const { artifactLocation, region } = locations[0].physicalLocation;
      expect(artifactLocation.uri).toBe("applications/a/secrets.yaml");
      expect(region.startLine).toBeGreaterThan(0);
      expect(region.startColumn).toBeGreaterThan(0);
    }
  });

  test("SARIF has its paths as URIs", () => {
    const uriOf = (file: string): string => {
      const findings = report.findings.map((finding) => movedTo(file, finding));
      const log = JSON.parse(renderLintSarif({ ...report, findings }, "1"));
      return log.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri;
    };
    expect(uriOf("a b/ü#.yaml")).toBe("a%20b/%C3%BC%23.yaml");
    expect(uriOf("/a b/c.yaml")).toBe("file:///a%20b/c.yaml");
  });

  test("annotations of GitHub are escaped", () => {
    const [first] = report.findings;
    const said = diagnostic("ignore-of-unknown-rule", { rule: "50% of\na:b,c\r" });
    const findings = first ? [movedTo("a,b:c%.yaml", { ...first, diagnostic: said })] : [];
    expect(renderLintGithub({ ...report, findings })).toBe(
      "::error file=a%2Cb%3Ac%25.yaml,line=1,col=1,title=source-not-enabled::there is no rule 50%25 of%0Aa:b,c%0D%0AAffects one, two.%0ASee phalanx lint --explain.\n1 error, 0 warnings\n",
    );
    expect(renderLintGithub({ ...report, findings: [] })).toBe("");
  });

  test("JSON", () => {
    expect(lintResult(report)).toMatchObject({
      errors: 1,
      warnings: 1,
      notes: 1,
      ignored: 0,
      environments: ["one", "two"],
      findings: [
        {
          rule: "source-not-enabled",
          code: "secret-unresolvable",
          subject: { application: "a", key: "s" },
          details: { kind: "source-application-not-enabled", source: { application: "z", key: "s" } },
          severity: "error",
          file: "applications/a/secrets.yaml",
          line: 1,
          column: 5,
          environments: ["one", "two"],
        },
        { rule: "constant-condition" },
        { rule: "old-spelling" },
      ],
    });
  });
});

describe("a tree that nobody vouches for", () => {
  const trees: TestTree[] = [];
  afterAll(() => Promise.all(trees.map((tree) => tree.remove())));
  const onDisk = async (change: (root: string) => Promise<void>): Promise<string[]> => {
    const tree = await makeTree({
      ...smallTree({ a: { "secrets.yaml": "s: {description: x}\n" } }),
      "inside.yaml": "x: 1\n",
    });
    trees.push(tree);
    await change(tree.root);
    return told(lintTree(diskTree(tree.root, tree.root), { templates: true }));
  };
  const values = (root: string): string => join(root, "applications/a/values.yaml");

  test("may have links within it", async () => {
    expect(await onDisk((root) => symlink("../../inside.yaml", values(root)))).toEqual([]);
  });

  test.each<[string, (root: string) => Promise<void>, string]>([
    [
      "a link out of it",
      (root) => symlink("/etc/hostname", values(root)),
      "is a link to a path outside the configuration",
    ],
    ["a link to itself", (root) => symlink("values.yaml", values(root)), "is a link to itself"],
    ["a link to nothing", (root) => symlink("gone", values(root)), "does not exist, or is a broken link"],
    ["a directory", (root) => mkdir(values(root)).then(() => undefined), "is a directory"],
    ["a binary file", (root) => writeFile(values(root), "a: \0b\n"), "is a binary file"],
    ["no UTF-8", (root) => writeFile(values(root), Buffer.from([0xff])), "is not UTF-8"],
    ["a huge file", (root) => writeFile(values(root), "#".repeat(5_000_001)), "is larger than 5 MB"],
    ["a device", (root) => symlink("/dev/zero", values(root)), "is a link to a path outside the configuration"],
  ])("is told about %s", async (_, change, message) => {
    expect(await onDisk(change)).toEqual([`a/values.yaml:1:1 error unreadable-file [one,two] ${message}`]);
  });

  test("is told about a directory elsewhere", async () => {
    expect(await onDisk((root) => symlink("/etc", join(root, "applications/b")))).toEqual([
      "b:1:1 warning unreadable-file [] is a link to a path outside the configuration",
    ]);
  });

  test("is told about templates elsewhere, which no sync reads", async () => {
    expect(await onDisk((root) => symlink("/etc", join(root, "applications/a/templates")))).toEqual([
      "a/templates:1:1 warning unreadable-file [] is a link to a path outside the configuration",
    ]);
  });

  test.each(["environments", "applications"])("is told about %s elsewhere", async (directory) => {
    const found = await onDisk(async (root) => {
      await rm(join(root, directory), { recursive: true });
      await symlink("/etc", join(root, directory));
    });
    expect(found).toContain(
      `${directory}:1:1 warning unreadable-file [] is a link to a path outside the configuration`,
    );
  });
});

test("each file is read once, whoever needs it", () => {
  const files = smallTree({
    a: { "secrets.yaml": `${COPY}\n`, "values.yaml": "x: 1\n", "values-one.yaml": "x: 2\n" },
    b: {},
  });
  const tree = countingTree(memoryTree(files));
  lintTree(tree, { templates: true });
  expect([...tree.reads.keys()].sort()).toEqual(Object.keys(files).sort());
  expect(new Set(tree.reads.values())).toEqual(new Set([1]));
});

describe.each(["2026-05", "2026-08"])("the real configuration of %s", (date) => {
  const root = `${ROOT}../shared/config/${date}`;

  test.skipIf(!existsSync(root))(
    "each file is read once, and each error is one that stops sync",
    { timeout: 60_000 },
    () => {
      const tree = countingTree(diskTree(root, root));
      const report = lintTree(tree, { templates: true });
      expect(report.environments.length).toBeGreaterThanOrEqual(24);
      expect(tree.reads.size).toBeGreaterThan(700);
      expect(new Set(tree.reads.values())).toEqual(new Set([1]));

      const errors = report.findings.filter(({ severity }) => severity === "error");
      const reported = errors.flatMap(({ diagnostic: { subject }, environments }) =>
        environments.map((environment) => `${environment}: ${subject?.application}/${subject?.key}`),
      );
      const stopping = report.environments.flatMap((name) => unresolvedIn(root, name));
      expect([...reported].sort()).toEqual([...stopping].sort());
      expect(new Set(errors.map(({ rule }) => rule))).toEqual(new Set(["source-not-enabled"]));
    },
  );
});

/** What sync itself cannot resolve although every static value is given; what only follows from that is left out. */
function unresolvedIn(root: string, name: string): string[] {
  const { environment } = loadEnvironment(diskTree(root, root), name);
  const applications = new Map(
    [...environment.applications].map(([application, { secrets }]) => [
      application,
      new Map([...secrets.keys()].map((key) => [key, new SecretValue("given")])),
    ]),
  );
  const resolved = resolve({
    environment,
    current: new Map(),
    staticSecrets: {
      origin: "file",
      applications,
      oidcClients: new Map(),
      registries: new Map(),
      vaultWriteToken: undefined,
    },
    exclude: new Set(),
    regenerate: () => false,
    fresh: new Map(),
  });
  return [...resolved.values()].flatMap(({ secret, resolution }) =>
    resolution.kind === "unresolved" && resolution.reason.kind !== "source-unresolved"
      ? [`${name}: ${refId(secret)}`]
      : [],
  );
}
