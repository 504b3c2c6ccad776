import { lineOf } from "../src/render/diagnostic.js";
import { existsSync } from "node:fs";
import { chmod, cp, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConfigurationDiff, EnvironmentDiff } from "../src/model/configuration-diff.js";
import { phalanx, ROOT } from "./support/cli.js";
import { makeRepository, type TestRepository } from "./support/git.js";
import { environmentFiles } from "./support/tree.js";

const repositories: TestRepository[] = [];
const VALUE_BEFORE = "a-fixed-value-of-before";
const VALUE_AFTER = "a-fixed-value-of-after";

afterAll(() => Promise.all(repositories.map((repository) => repository.remove())));

async function repositoryOf(
  applications: Parameters<typeof environmentFiles>[1],
  extra: Readonly<Record<string, string>> = {},
): Promise<TestRepository> {
  const repository = await makeRepository(environmentFiles("https://vault.example.org", applications, extra));
  repositories.push(repository);
  return repository;
}

async function diffOf(
  { root }: TestRepository,
  ...args: string[]
): Promise<Omit<ConfigurationDiff, "environments"> & { environments: EnvironmentDiff[] }> {
  const { exit, stdout, stderr } = await phalanx(["diff", "--format", "json", ...args], { cwd: root });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  return (JSON.parse(stdout) as { result: never }).result;
}

/** What a change of the secrets and values of one application comes to. */
async function change(
  before: { secrets: string; values?: string },
  after: { secrets: string; values?: string },
): Promise<EnvironmentDiff | undefined> {
  const sources = { secrets: "pw: {description: x}\nother: {description: x}\n" };
  const repository = await repositoryOf({ app: before, from: sources });
  await repository.write("applications/app/secrets.yaml", after.secrets);
  if (after.values !== undefined) await repository.write("applications/app/values.yaml", after.values);
  return (await diffOf(repository)).environments[0];
}

describe("every kind of change", () => {
  const of = (rule: string): { secrets: string } => ({ secrets: `key: {description: x, ${rule}}\n` });
  const nothing = { secrets: "" };
  const NATURE = {
    static: { secrets: "key: {description: x}\n" },
    generated: of("generate: {type: password}"),
    fernet: of("generate: {type: fernet-key}"),
    random: of("generate: {type: random, length: 20}"),
    longer: of("generate: {type: random, length: 21}"),
    copy: of("copy: {application: from, key: pw}"),
    otherCopy: of("copy: {application: from, key: other}"),
    lostCopy: of("copy: {application: nowhere, key: other}"),
    fixed: of(`value: ${VALUE_BEFORE}`),
    otherFixed: of(`value: ${VALUE_AFTER}`),
    template: of('generate: {type: template, template: "a ${from/pw}"}'),
    otherTemplate: of('generate: {type: template, template: "b ${from/pw}"}'),
    encoded: of("onepassword: {encoded: true}"),
    clients: of("generate: {type: oidc-clients}"),
    nothing,
  } as const;
  type Name = keyof typeof NATURE;
  const CASES: readonly [Name, Name, string, string][] = [
    ["nothing", "static", "required", "ask-for-value"],
    ["nothing", "generated", "required", "generate"],
    ["nothing", "copy", "required", "copy"],
    ["nothing", "fixed", "required", "write-fixed"],
    ["nothing", "template", "required", "compose"],
    ["nothing", "clients", "required", "write-clients"],
    ["nothing", "lostCopy", "required", "stop"],
    ["static", "nothing", "not-required", "leave-unknown"],
    ["generated", "static", "kind", "ask-for-value"],
    ["static", "generated", "kind", "keep"],
    ["generated", "copy", "kind", "copy"],
    ["generated", "fixed", "kind", "write-fixed"],
    ["fixed", "template", "kind", "compose"],
    ["copy", "otherCopy", "source", "copy"],
    ["generated", "fernet", "generator", "keep"],
    ["random", "longer", "generator", "keep"],
    ["fixed", "otherFixed", "fixed-value", "write-fixed"],
    ["template", "otherTemplate", "template", "compose"],
    ["static", "encoded", "encoding", "decode-differently"],
  ];
  const nameOf = (before: Name, after: Name): string => `${before}-to-${after}`.toLowerCase();
  let found: EnvironmentDiff | undefined;

  // One repository for all of them: to make one takes longer than to read it.
  beforeAll(async () => {
    const applications = CASES.map(([before, after]) => [nameOf(before, after), NATURE[before]]);
    const from = { secrets: "pw: {description: x}\nother: {description: x}\n" };
    const repository = await repositoryOf({ ...Object.fromEntries(applications), from });
    for (const [before, after] of CASES)
      await repository.write(`applications/${nameOf(before, after)}/secrets.yaml`, NATURE[after].secrets);
    [found] = (await diffOf(repository)).environments;
  });

  test.each(CASES)("%s to %s", (before, after, aspect, consequence) => {
    const own = found?.secrets.filter(({ application }) => application === nameOf(before, after));
    expect(own?.map((secret) => [secret.key, secret.aspect, secret.consequence])).toEqual([
      ["key", aspect, consequence],
    ]);
    expect(own?.[0]?.reasons).toHaveLength(1);
  });

  test("the condition of a secret flips, with the place that flipped it", async () => {
    const secrets = "key: {description: x, if: a.b}\n";
    const found = await change({ secrets, values: "a: {b: false}\n" }, { secrets, values: "a:\n  b: yes\n" });
    expect(found?.secrets[0]?.reasons).toEqual([
      {
        kind: "condition-flipped",
        of: "secret",
        path: "a.b",
        holds: true,
        at: { file: "applications/app/values.yaml", line: 2, column: 6 },
        unset: false,
      },
    ]);
  });

  test("a value that is gone flips a condition, too", async () => {
    const secrets = "key: {description: x, if: a.b}\n";
    const found = await change({ secrets, values: "a: {b: true}\n" }, { secrets, values: "{}\n" });
    expect(found?.secrets[0]).toMatchObject({
      aspect: "not-required",
      reasons: [
        {
          kind: "condition-flipped",
          holds: false,
          unset: true,
          at: { file: "HEAD:applications/app/values.yaml", line: 1, column: 8 },
        },
      ],
    });
  });

  test("the condition itself is written", async () => {
    const found = await change(
      { secrets: "key: {description: x}\n" },
      { secrets: "key: {description: x, if: a.b}\n", values: "{}\n" },
    );
    expect(found?.secrets[0]?.reasons).toEqual([
      {
        kind: "condition-changed",
        of: "secret",
        after: "a.b",
        at: { file: "applications/app/secrets.yaml", line: 1, column: 1 },
      },
    ]);
  });

  test("a description or a comment is no change", async () => {
    expect(await change(NATURE.static, { secrets: "# said better\nkey: {description: y}\n" })).toBeUndefined();
  });

  test("values are in no form of the output", async () => {
    const repository = await repositoryOf({ app: NATURE.fixed });
    await repository.write("applications/app/secrets.yaml", NATURE.otherFixed.secrets);
    for (const format of ["text", "json", "markdown"]) {
      const { stdout } = await phalanx(["diff", "--format", format], { cwd: repository.root });
      expect(stdout).toContain("key");
      expect(stdout).not.toContain(VALUE_BEFORE);
      expect(stdout).not.toContain(VALUE_AFTER);
    }
  });

  test("environments come and go; settings move", async () => {
    const repository = await repositoryOf({ app: NATURE.static });
    const settings = "vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/new\napplications: {app: true}\n";
    await repository.write("environments/values-new.yaml", settings);
    await repository.commit("new");
    await rm(join(repository.root, "environments/values-test.yaml"));
    await repository.write(
      "environments/values-new.yaml",
      `${settings.replace("secret/new", "secret/newer")}onepassword: {connectUrl: "https://connect.example.org", vaultTitle: New}\n`,
    );
    const both = await diffOf(repository, "HEAD~1");
    expect(both.environments.map(({ environment, status }) => [environment, status])).toEqual([
      ["new", "added"],
      ["test", "removed"],
    ]);
    const moved = await diffOf(repository, "new");
    expect(moved.environments[0]?.settings.map(({ setting, at }) => [setting, at.line, at.column])).toEqual([
      ["vaultPathPrefix", 2, 18],
      ["onepassword.connectUrl", 4, 27],
      ["onepassword.vaultTitle", 4, 70],
    ]);
  });
});

describe("the sides", () => {
  const one = "key: {description: x}\n";
  const two = `${one}second: {description: x}\n`;
  const three = `${two}third: {description: x}\n`;

  test("are the work tree, the index, and commits; none of them is touched", async () => {
    const repository = await repositoryOf({ app: { secrets: one } });
    await repository.write("applications/app/secrets.yaml", two);
    await repository.git("add", ".");
    await repository.write("applications/app/secrets.yaml", three);
    const status = await repository.git("status", "--porcelain");
    const keys = async (...args: string[]): Promise<string[]> =>
      (await diffOf(repository, ...args)).environments.flatMap(({ secrets }) => secrets.map(({ key }) => key));
    expect(await keys()).toEqual(["second", "third"]);
    expect(await keys("--staged")).toEqual(["second"]);
    expect(await repository.git("status", "--porcelain")).toBe(status);
    await repository.git("commit", "--quiet", "--message", "second");
    expect(await keys("HEAD~1", "HEAD")).toEqual(["second"]);
    expect(await keys("HEAD", "HEAD~1")).toEqual(["second"]);
    expect(await keys("HEAD~1..")).toEqual(["second"]);
    expect(await keys("HEAD~1", "test")).toEqual(["second", "third"]);
    expect((await repository.git("worktree", "list")).trim().split("\n")).toHaveLength(1);
  });

  test("A...B begins where the two parted", async () => {
    const repository = await repositoryOf({ app: { secrets: one } });
    await repository.git("branch", "topic");
    await repository.write("applications/app/secrets.yaml", two);
    await repository.commit("on main");
    expect((await diffOf(repository, "main..topic")).environments).toHaveLength(1);
    expect((await diffOf(repository, "main...topic")).environments).toEqual([]);
  });

  test("the root may be a subdirectory with any name, and the program may run elsewhere", async () => {
    const repository = await repositoryOf({});
    const prefix = "de [p]*loy/ünder";
    for (const [path, text] of Object.entries(environmentFiles("https://v.example", { app: { secrets: one } })))
      await repository.write(`${prefix}/${path}`, text);
    await repository.commit("below");
    await repository.write(`${prefix}/applications/app/secrets.yaml`, two);
    await repository.git("add", ".");
    for (const extra of [[], ["--staged"]]) {
      const { stdout } = await phalanx([
        "diff",
        "--format",
        "json",
        ...extra,
        "--config",
        join(repository.root, prefix),
      ]);
      const { environments } = (JSON.parse(stdout) as { result: ConfigurationDiff }).result;
      expect(environments[0]?.secrets.map(({ key }) => key)).toEqual(["second"]);
    }
    const old = await phalanx(["diff", "HEAD~1", "--config", join(repository.root, prefix)]);
    expect(old.stderr).toBe("Warning: HEAD~1 contains no environment\n");
  });

  test("GIT_DIR and GIT_WORK_TREE are respected, relative ones too", async () => {
    const repository = await repositoryOf({ app: { secrets: one } });
    await repository.write("applications/app/secrets.yaml", two);
    await repository.git("init", "--quiet", "--bare", "bare.git");
    await repository.git("push", "--quiet", "bare.git", "HEAD:refs/heads/main");
    await rm(join(repository.root, ".git"), { recursive: true });
    const { stdout, stderr } = await phalanx(["diff", "main", "--config", ".."], {
      cwd: join(repository.root, "environments"),
      env: { GIT_DIR: "../bare.git", GIT_WORK_TREE: ".." },
    });
    expect(stderr).toBe("");
    expect(stdout).toContain("second");
  });

  test("one broken side does not disturb the others", async () => {
    const repository = await repositoryOf(
      { app: { secrets: one } },
      {
        "environments/values-two.yaml":
          "vaultUrl: https://v.example\nvaultPathPrefix: secret/two\napplications: {app: true, broken: true}\n",
        "applications/broken/Chart.yaml": "",
        "applications/broken/secrets.yaml": "a: [\n",
      },
    );
    await repository.write("applications/app/secrets.yaml", two);
    const { environments } = await diffOf(repository);
    expect(environments.map(({ environment, status }) => [environment, status])).toEqual([
      ["test", "changed"],
      ["two", "unknown"],
    ]);
    expect(environments[1]?.unreadable.map(({ side }) => side)).toEqual(["HEAD", "the work tree"]);
    expect(environments[1]?.unreadable[0]?.problems.map(lineOf)[0]).toMatch(
      /^HEAD:applications\/broken\/secrets.yaml:2:1/,
    );
  });

  test("a secret that loses its source stops a sync, and is repaired again", async () => {
    const repository = await repositoryOf({
      app: { secrets: "key: {copy: {application: from, key: pw}}\n" },
      from: { secrets: "pw: {description: x}\n" },
    });
    await repository.write("applications/from/secrets.yaml", "{}\n");
    await repository.commit("gone");
    expect((await diffOf(repository, "HEAD~1", "HEAD")).environments[0]?.stops).toMatchObject([
      { application: "app", key: "key", reason: { kind: "source-undeclared" } },
    ]);
    expect((await diffOf(repository, "HEAD", "HEAD~1")).environments[0]?.repaired).toEqual([
      { application: "app", key: "key" },
    ]);
  });
});

describe("what a repository may hold", () => {
  const secrets = "key: {description: x}\n";

  test.each<[string, (repository: TestRepository) => Promise<unknown>, RegExp]>([
    [
      "a link out of the tree",
      async ({ root }) => {
        await rm(join(root, "applications/app/secrets.yaml"));
        await symlink("../../../../etc/passwd", join(root, "applications/app/secrets.yaml"));
      },
      /is a link to a path outside the configuration/,
    ],
    [
      "an absolute link",
      async ({ root }) => {
        await rm(join(root, "applications/app/secrets.yaml"));
        await symlink("/etc/passwd", join(root, "applications/app/secrets.yaml"));
      },
      /is a link to a path outside the configuration/,
    ],
    [
      "a loop of links",
      async ({ root }) => {
        await rm(join(root, "applications/app/secrets.yaml"));
        await symlink("secrets.yaml", join(root, "applications/app/secrets.yaml"));
      },
      /is a link to itself/,
    ],
    [
      "a huge file",
      (repository) => repository.write("applications/app/secrets.yaml", `#${"x".repeat(5_000_000)}`),
      /larger than 5 MB/,
    ],
    ["a binary file", (repository) => repository.write("applications/app/secrets.yaml", "a: \0"), /secrets\.yaml/],
    [
      "a submodule",
      async (repository) => {
        await rm(join(repository.root, "applications/app"), { recursive: true });
        await repository.git("rm", "-r", "--quiet", "--cached", "applications/app");
        await repository.git(
          "update-index",
          "--add",
          "--cacheinfo",
          `160000,${(await repository.git("rev-parse", "HEAD")).trim()},applications/app`,
        );
      },
      /is in a submodule/,
    ],
  ])("%s is a clear error of that side", async (_, spoil, expected) => {
    const repository = await repositoryOf({ app: { secrets } });
    await spoil(repository);
    await (_ === "a submodule" ? repository.git("commit", "--quiet", "--message", "sub") : repository.commit("spoilt"));
    const { exit, stdout } = await phalanx(["diff", "HEAD~1", "HEAD"], { cwd: repository.root });
    expect(exit).toBe(0);
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(expected);
    expect(stdout).not.toContain("root:");
  });

  test("links within the tree are followed, of files and of directories", async () => {
    const repository = await repositoryOf({ app: { secrets } });
    await cp(join(repository.root, "applications/app"), join(repository.root, "shared/app"), { recursive: true });
    await rm(join(repository.root, "applications/app"), { recursive: true });
    await symlink("../shared/app", join(repository.root, "applications/app"));
    await repository.commit("linked");
    expect((await diffOf(repository, "HEAD~1", "HEAD")).environments).toEqual([]);
  });

  test("nothing of the repository is run, and no object is replaced", async () => {
    const repository = await repositoryOf({ app: { secrets } });
    const blob = (await repository.git("rev-parse", "HEAD:applications/app/secrets.yaml")).trim();
    await repository.write("other.yaml", "other: {description: x}\n");
    const other = (await repository.git("hash-object", "-w", "other.yaml")).trim();
    await repository.git("replace", blob, other);
    const mark = join(repository.root, "was-run");
    await repository.write("hook", `#!/bin/sh\ntouch '${mark}'\n`);
    await chmod(join(repository.root, "hook"), 0o755);
    await repository.git("config", "core.fsmonitor", join(repository.root, "hook"));
    await repository.git("config", "core.pager", join(repository.root, "hook"));
    expect((await diffOf(repository)).environments).toEqual([]);
    expect((await diffOf(repository, "--staged")).environments).toEqual([]);
    expect(existsSync(mark)).toBe(false);
  });

  test("a shallow clone says what it lacks", async () => {
    const repository = await repositoryOf({ app: { secrets } });
    await repository.commit("second");
    const first = (await repository.git("rev-parse", "HEAD~1")).trim();
    await repository.git("clone", "--quiet", "--depth", "1", `file://${repository.root}`, "clone");
    const { exit, stderr } = await phalanx(["diff", first], { cwd: join(repository.root, "clone") });
    expect(exit).toBe(2);
    expect(stderr).toMatch(/This clone is shallow: git fetch --unshallow/);
    expect(stderr).toMatch(/Error: [0-9a-f]{40} is neither a revision in this repository nor an environment$/m);
  });

  test("a conflict in the index is told", async () => {
    const repository = await repositoryOf({ app: { secrets } });
    const blob = (await repository.git("rev-parse", "HEAD:applications/app/secrets.yaml")).trim();
    await repository.git("rm", "--quiet", "--cached", "applications/app/secrets.yaml");
    await repository.write("stages", `100644 ${blob} 2\tapplications/app/secrets.yaml\n`);
    await repository.git("config", "alias.put-stages", "!git update-index --index-info < stages");
    await repository.git("put-stages");
    const { exit, stderr } = await phalanx(["diff", "--staged"], { cwd: repository.root });
    expect([exit, stderr]).toEqual([
      2,
      "Error: applications/app/secrets.yaml: is not merged in the index\nHint: Resolve the conflict and git add it.\n",
    ]);
  });
});

test("Markdown shows names as they are, and nothing of them is markup", async () => {
  const repository = await repositoryOf({ app: { secrets: "" } });
  const key = "</code><img src=x onerror=alert(1)>|`@team`[a](b)";
  await repository.write(
    "applications/app/secrets.yaml",
    `${JSON.stringify(key)}: {description: "@team #1 <b>|_x_ $a$ https://evil.example [a](b)\\n\\n# Title"}\n`,
  );
  const { stdout } = await phalanx(["diff", "--format", "markdown"], { cwd: repository.root });
  expect(stdout).not.toMatch(/<img|<b>\||@team|#1\b|https:|\]\(|`/);
  expect(stdout.split("\n").filter((line) => line.startsWith("#"))).toEqual([]);
  for (const row of stdout.split("\n").filter((line) => line.startsWith("| <code>"))) {
    expect(row.split("|")).toHaveLength(7);
  }
});

test("control characters of names do not reach the terminal", async () => {
  const repository = await repositoryOf({ app: { secrets: "" } });
  await repository.write("applications/app/secrets.yaml", '"a\\e[2Jb\\u202Ec": {description: "x\\e[0m"}\n');
  for (const format of ["text", "markdown"]) {
    const { stdout } = await phalanx(["diff", "--format", format], { cwd: repository.root });
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
  }
});

describe.skipIf(!existsSync(`${ROOT}../shared/config/2026-08`))("the real configuration, May to August 2026", () => {
  test("what changes for secrets", async () => {
    const repository = await makeRepository({});
    repositories.push(repository);
    for (const date of ["2026-05", "2026-08"]) {
      await rm(join(repository.root, "environments"), { recursive: true, force: true });
      await rm(join(repository.root, "applications"), { recursive: true, force: true });
      await cp(`${ROOT}../shared/config/${date}`, repository.root, { recursive: true });
      await repository.commit(date);
    }
    const diff = await diffOf(repository, "HEAD~1", "HEAD");
    const summary = diff.environments.map(({ environment, secrets }) => {
      const count = (aspect: string): number => secrets.filter((secret) => secret.aspect === aspect).length;
      return `${environment} +${count("required")} -${count("not-required")}, ${secrets.length} in all`;
    });
    expect(summary).toMatchInlineSnapshot(`
      [
        "ccin2p3 +1 -0, 1 in all",
        "idfdemo +0 -1, 1 in all",
        "idfdev +4 -0, 4 in all",
        "idfint +1 -0, 1 in all",
        "idfprod +3 -0, 3 in all",
        "roundtable-dev +3 -0, 3 in all",
        "roundtable-prod +2 -0, 2 in all",
        "usdf-alert +0 -14, 14 in all",
        "usdfdev +3 -4, 8 in all",
        "usdfdev-alert-stream-broker +0 -18, 18 in all",
        "usdfint +3 -1, 5 in all",
        "usdfprod +3 -1, 4 in all",
      ]
    `);
    const usdfdev = diff.environments.find(({ environment }) => environment === "usdfdev");
    expect(usdfdev?.secrets.find(({ application }) => application === "gafaelfawr")).toMatchObject({
      key: "database-password",
      aspect: "kind",
      before: { kind: "generate", generator: "password" },
      after: { kind: "static" },
      reasons: [{ kind: "condition-flipped", of: "generate", path: "config.internalDatabase", holds: false }],
      consequence: "ask-for-value",
    });
  }, 30_000);
});
