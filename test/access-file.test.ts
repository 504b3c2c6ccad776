import { execFileSync } from "node:child_process";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENTRY_FIELDS } from "../src/config/access-file.js";
import { startListener } from "./support/listener.js";
import { lint, smallTree, told } from "./support/lint.js";
import { environmentFiles, makeTree } from "./support/tree.js";
import { phalanx, ROOT } from "./support/cli.js";
import { undoCommands, type World, worldsForEach } from "./support/world.js";

/** `phalanx.yaml` at the root of a configuration says where static secrets come from, and how to log in. */
const open = worldsForEach();

const APP = { app: { secrets: "p: {description: x, generate: {type: password}}\ns: {description: x}\n" } };
const value = (text: string): string => `applications: {app: {s: {value: ${text}}}}\n`;
const FILES = { "one.yaml": value("one"), "two.yaml": value("two"), "keys/three.yaml": value("three") };
const entry = (text: string): string => `environments:\n  test: {${text}}\n`;
const openWith = (text: string, more: Readonly<Record<string, string>> = {}): Promise<World> =>
  open(APP, { ...FILES, "phalanx.yaml": entry(text), ...more });
const FROM = "static secrets of test: from ";

describe("where static secrets come from", () => {
  test("is one file that every command reads", async () => {
    const world = await openWith("secrets: one.yaml");
    expect(await world.run(["secrets", "plan", "test"])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining(`${FROM}one.yaml`),
    });
    expect(await world.run(["secrets", "missing", "test"])).toMatchObject({ exit: 0, stdout: "" });
    const sync = await world.run(["secrets", "sync", "test"]);
    expect(sync).toMatchObject({ exit: 0, stderr: expect.stringContaining(`${FROM}one.yaml\n`) });
    expect(await world.kv.get("app")).toMatchObject({ s: "one" });
    expect(await world.run(["secrets", "audit", "test"])).toMatchObject({ exit: 0, stderr: `${FROM}one.yaml\n` });
    expect(await world.run(["migrate", "check", "test"])).toMatchObject({ exit: 0 });
    await world.kv.set("app", "s", "by hand");
    const checked = await world.run(["migrate", "check", "test"]);
    const named = await world.run(["migrate", "check", "test", "--secrets", "one.yaml"]);
    expect(named).toEqual({ ...checked, stdout: checked.stdout.replace(/\n$/, " --secrets one.yaml\n") });
    expect(checked).not.toEqual(await world.run(["migrate", "check", "test", "--secrets", "three.yaml"]));
    expect(await world.run(["secrets", "audit", "test"])).toMatchObject({
      exit: 1,
      stdout: "Secrets that do not have their expected value:\n• app s\n",
    });
  });

  test("is found from every directory", async () => {
    const world = await openWith("secrets: keys/three.yaml");
    const cwd = join(world.tree.root, "applications");
    expect(await world.run(["secrets", "sync", "test"], { cwd })).toMatchObject({ exit: 0 });
    expect(await world.kv.get("app")).toMatchObject({ s: "three" });
  });

  test("are several files, of which the later ones win", async () => {
    const world = await openWith("secrets: [one.yaml, two.yaml]");
    expect(await world.run(["secrets", "sync", "test"])).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining("one.yaml and two.yaml differ in app/s; the value in two.yaml is used"),
    });
    expect(await world.kv.get("app")).toMatchObject({ s: "two" });
  });

  test("comes after --secrets, and before 1Password", async () => {
    const world = await openWith("secrets: one.yaml");
    const settings = "environments/values-test.yaml";
    const text = environmentFiles(world.proxy.url, APP)[settings] ?? "";
    await world.tree.write(settings, `${text}onepassword: {connectUrl: "http://127.0.0.1:1", vaultTitle: X}\n`);
    expect(await world.run(["secrets", "audit", "test"])).toMatchObject({ stderr: `${FROM}one.yaml\n` });
    expect(await world.run(["secrets", "audit", "test", "--secrets", "two.yaml"])).toMatchObject({
      stderr: `${FROM}two.yaml\n`,
    });
    await world.tree.write("phalanx.yaml", "environments: {}\n");
    expect(await world.run(["secrets", "audit", "test"])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("OP_CONNECT_TOKEN"),
    });
  });

  test("is not said of an environment without an entry", async () => {
    const world = await open(APP, { ...FILES, "phalanx.yaml": "environments:\n  test:\n" });
    expect((await world.run(["secrets", "audit", "test"])).stderr).toContain("taken from Vault, not compared");
    await world.tree.write("phalanx.yaml", "# later\n");
    expect((await world.run(["secrets", "audit", "test"])).stderr).toContain("taken from Vault, not compared");
  });

  test("is what a restore looks at to tell what the next sync changes again", async () => {
    const world = await openWith("secrets: one.yaml");
    await world.run(["secrets", "sync", "test", "--secrets", "two.yaml"]);
    const [undo = []] = undoCommands(await world.run(["secrets", "sync", "test"]));
    expect(await world.run([...undo, "--yes"])).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining("the next sync would change this again: app/s"),
    });
    expect(await world.kv.get("app")).toMatchObject({ s: "two" });
  });

  test("does not stop a restore where its file is out of reach", async () => {
    const world = await openWith("secrets: one.yaml");
    await world.run(["secrets", "sync", "test", "--secrets", "two.yaml"]);
    const [undo = []] = undoCommands(await world.run(["secrets", "sync", "test"]));
    await rm(join(world.tree.root, "one.yaml"));
    expect(await world.run([...undo, "--yes"])).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining(
        "Warning: it is unknown whether the next sync would change static secrets again: one.yaml does not exist\n",
      ),
    });
    expect(await world.kv.get("app")).toMatchObject({ s: "two" });
    // The line that takes a run back may name a file that is gone since.
    expect(await world.run([...undo, "--yes", "--secrets", "gone.yaml"])).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining("static secrets again: gone.yaml does not exist\n"),
    });
  });

  test("is part of what a plan file was made from", async () => {
    const world = await openWith("secrets: one.yaml");
    const plan = (name: string) => world.run(["secrets", "plan", "test", "--out", name]);
    const apply = (name: string, ...more: string[]) => world.run(["secrets", "sync", "test", "--plan", name, ...more]);
    const outdated = {
      exit: 2,
      stderr: expect.stringMatching(/the configuration has changed since the plan was made/),
    };
    await plan("a.plan");
    await world.tree.write("phalanx.yaml", entry("secrets: one.yaml, auth: token"));
    expect(await apply("a.plan")).toMatchObject(outdated);
    await plan("b.plan");
    await rm(join(world.tree.root, "phalanx.yaml"));
    expect(await apply("b.plan")).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("but no file is given"),
    });
    expect(await apply("b.plan", "--secrets", "one.yaml")).toMatchObject(outdated);
    await world.tree.write("phalanx.yaml", entry("secrets: one.yaml"));
    await plan("c.plan");
    expect(await apply("c.plan")).toMatchObject({ exit: 0 });
    expect(await world.kv.get("app")).toMatchObject({ s: "one" });
  });

  test("is not standard input, whatever its name", async () => {
    const world = await openWith('secrets: "-"', { "-": value("dash") });
    expect(await world.run(["secrets", "sync", "test"])).toMatchObject({ exit: 0 });
    expect(await world.kv.get("app")).toMatchObject({ s: "dash" });
  });

  test("is no directory, and no pipe that would be waited for", async () => {
    const world = await openWith("secrets: keys");
    expect(await world.run(["secrets", "audit", "test"])).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/keys.* is a directory/),
    });
    execFileSync("mkfifo", [join(world.tree.root, "pipe.yaml")]);
    await world.tree.write("phalanx.yaml", entry("secrets: pipe.yaml"));
    expect(await world.run(["secrets", "audit", "test"])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("pipe.yaml: is not a regular file"),
    });
  });
});

describe("what is wrong in it", () => {
  test.each<[string, string]>([
    ["secrets: /etc/passwd", '"secrets" can only be a file inside the configuration'],
    ["secrets: ../outside.yaml", '"secrets" can only be a file inside the configuration'],
    ["secrets: [one.yaml, .env]", '"secrets" can only be a file inside the configuration'],
    ['secrets: ""', '"secrets" can only be a file inside the configuration'],
    ["secrets: link.yaml", '"secrets" cannot be used: link.yaml: is a link to a path outside the configuration'],
    ["secrets: away/passwd", '"secrets" cannot be used: away/passwd: is a link to a path outside the configuration'],
    ["secrets: []", '"secrets" is too small'],
    ["secrets: 5", '"secrets" is not valid'],
    ["auth: kubernetes", '"auth" has an unknown value'],
    ["auth: jwt", '"auth" has an unknown value'],
    ["auth: approle, mount: ../sys", '"mount" is not valid'],
    ["auth: token, mount: team", '"mount" requires "auth: approle"'],
    ["mount: team", '"mount" requires "auth: approle"'],
    ["secret: one.yaml", 'unknown field "secret"'],
    ["role: r", 'unknown field "role"'],
    ["tokenVariable: HOME", 'unknown field "tokenVariable"'],
  ])("%s is refused before anything is sent, and an error of lint", async (text, problem) => {
    const world = await openWith(text);
    await symlink("/etc/passwd", join(world.tree.root, "link.yaml"));
    await symlink("/etc", join(world.tree.root, "away"));
    const { exit, stdout, stderr } = await world.run(["secrets", "audit", "test"]);
    expect([exit, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^Error: phalanx\.yaml:2:\d+: /m);
    expect(stderr).toContain(problem);
    expect(world.proxy.requests).toEqual([]);
    const found = await world.run(["lint"]);
    expect([found.exit, found.stdout]).toEqual([1, expect.stringContaining("phalanx.yaml:2:")]);
    expect(found.stdout.replaceAll(/\s+/g, " ")).toContain(problem);
  });

  test("is said all at once, of every environment, each with its place", async () => {
    const world = await open(APP, {
      ...FILES,
      "phalanx.yaml":
        "environment: {}\nenvironments:\n  tset: {}\n  test:\n    auth: tokn\n    secrets: ../x\n    mout: x\n",
    });
    for (const command of [
      ["secrets", "audit", "test"],
      ["vault", "audit", "test"],
      ["secrets", "rotate", "test", "app/p", "--yes"],
    ]) {
      const { exit, stderr } = await world.run(command);
      expect(exit).toBe(2);
      for (const line of [
        'phalanx.yaml:1:1: unknown field "environment"',
        'phalanx.yaml:3:3: there is no environment "tset"',
        'phalanx.yaml:5:11: "auth" has an unknown value',
        'phalanx.yaml:7:5: unknown field "mout"',
      ])
        expect(stderr).toContain(line);
      expect(stderr).toContain('Did you mean "token"?');
    }
    expect(world.proxy.requests).toEqual([]);
    const { stdout } = await world.run(["lint"]);
    for (const place of ["1:1", "3:3", "5:11", "7:5"]) expect(stdout).toContain(`phalanx.yaml:${place}`);
  });

  test("is said by lint of an encrypted file that is not in the tree; others may be kept out of it", async () => {
    const world = await open(APP, {
      ...FILES,
      "phalanx.yaml": entry("secrets: [static/tset.yaml.age, static/gone.age, plain.yaml]"),
      "static/test.yaml.age": "",
    });
    const { exit, stdout } = await world.run(["lint"]);
    expect([exit, stdout.replaceAll(/\s+/g, " ")]).toEqual([
      1,
      expect.stringMatching(/tset\.yaml\.age does not exist.*Did you mean "static\/test\.yaml\.age"\?/),
    ]);
    expect(stdout).toMatch(/static\/gone\.age does not exist/);
    expect(stdout).not.toMatch(/plain\.yaml/);
  });

  test.each([
    ["- a\n", "phalanx.yaml"],
    ["environments: [a]\n", "phalanx.yaml:1:1"],
    ["environments: {test: [\n", "phalanx.yaml:"],
    ["environments: {test: one.yaml}\n", "phalanx.yaml:1:"],
  ])("as %j, too", async (text, place) => {
    const world = await open(APP, { ...FILES, "phalanx.yaml": text });
    expect(await world.run(["secrets", "audit", "test"])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(place),
    });
    expect(world.proxy.requests).toEqual([]);
    expect(await world.run(["lint"])).toMatchObject({ exit: 1, stdout: expect.stringContaining(place) });
  });

  test.each(["phalanx.yml", "Phalanx.yaml", "phalanx.yaml.txt"])("%s is a name that nothing reads", (name) => {
    expect(told(lint({ ...smallTree({ a: {} }), [name]: "{}\n" }))).toEqual([
      `${name}:1:1 error misnamed-file [one,two] a file with this name is ignored`,
    ]);
  });

  test("nothing is a fault where there is none", () => {
    expect(told(lint({ ...smallTree({ a: {} }), "phalanx.yaml": "environments: {one: {auth: token}}\n" }))).toEqual([]);
  });
});

describe("how to log in", () => {
  const APPROLE = { VAULT_ROLE_ID: "the-role", VAULT_SECRET_ID: "the-secret" };
  const sent = (world: World): string[] =>
    world.proxy.requests.map(({ path, token }) => (token === undefined ? path : `${path} with ${token}`));

  test.each<[string, string[]]>([
    ["secrets audit", ["secrets", "audit", "test"]],
    ["secrets plan", ["secrets", "plan", "test"]],
    ["secrets sync", ["secrets", "sync", "test"]],
    ["secrets missing", ["secrets", "missing", "test"]],
    ["secrets rotate", ["secrets", "rotate", "test", "app/p", "--yes"]],
    ["secrets set", ["secrets", "set", "test", "app/s", "--yes", "--anyway"]],
    ["secrets explain", ["secrets", "explain", "test", "app/p"]],
    ["secrets history", ["secrets", "history", "test"]],
    ["secrets restore", ["secrets", "restore", "test", "--kv-version", "1", "app", "--yes"]],
    ["migrate check", ["migrate", "check", "test"]],
    ["vault audit", ["vault", "audit", "test"]],
    ["vault preflight", ["vault", "preflight", "test"]],
    ["vault export-secrets", ["vault", "export-secrets", "test", "out"]],
    ["vault create-write-token", ["vault", "create-write-token", "test"]],
    ["vault create-read-approle", ["vault", "create-read-approle", "test"]],
    ["vault copy-secrets", ["vault", "copy-secrets", "test", "secret/old"]],
  ])("with AppRole: %s sends no token of the shell", async (_, args) => {
    const world = await openWith("secrets: one.yaml, auth: approle, mount: team/approle");
    const env = { ...world.env, ...APPROLE, VAULT_TOKEN: "of-the-shell" };
    await world.run(args, { env, input: "value" });
    expect(sent(world)).toEqual(["auth/team/approle/login"]);
    expect(JSON.parse(world.proxy.requests[0]?.body ?? "")).toEqual({ role_id: "the-role", secret_id: "the-secret" });
  });

  test("with AppRole: nothing of the shell is sent ahead, although another part of the file is wrong", async () => {
    const world = await openWith("auth: approle, secrets: ../x");
    await world.run(["secrets", "audit", "test"], { env: { ...world.env, ...APPROLE } });
    expect(sent(world)).toEqual([]);
  });

  test("--auth and --auth-mount win", async () => {
    const world = await openWith("secrets: one.yaml, auth: approle, mount: team/approle");
    const env = { ...world.env, ...APPROLE };
    const audit = (...options: string[]) => world.run(["secrets", "audit", "test", ...options], { env });
    expect(await audit("--auth", "token")).toMatchObject({ exit: 1 });
    expect(new Set(world.proxy.requests.map(({ token }) => token))).toEqual(new Set([world.vault.rootToken]));
    for (const [options, mount] of [
      [["--auth-mount", "other"], "other"],
      [["--auth", "approle", "--auth-mount", "other"], "other"],
      [["--auth", "approle"], "team/approle"],
    ] as const) {
      const earlier = world.proxy.requests.length;
      await audit(...options);
      expect(sent(world).slice(earlier)).toEqual([`auth/${mount}/login`]);
    }
  });

  test("a token that lies in a file that it names is not used: it may be another environment's", async () => {
    const thief = await startListener();
    const tree = await makeTree({
      ...environmentFiles(thief.url, APP),
      "phalanx.yaml": entry("secrets: prod.yaml"),
      "prod.yaml": `${value("one")}vault-write-token: of-prod\n`,
    });
    const run = (env: Record<string, string>) =>
      phalanx(["secrets", "audit", "test"], { cwd: tree.root, env: { HOME: tree.root, ...env } });
    try {
      expect(await run({})).toMatchObject({ exit: 2, stderr: expect.stringContaining("VAULT_TOKEN") });
      expect(await run({ VAULT_ADDR: "https://vault.example.org" })).toMatchObject({ exit: 2 });
      expect(thief.arrived).toEqual([]);
    } finally {
      await Promise.all([thief.close(), tree.remove()]);
    }
  });
});

describe("a fleet audit", () => {
  test("compares with the files, and logs in as phalanx.fleet.yaml says", async () => {
    const world = await openWith("secrets: one.yaml, auth: approle", {
      "one.yaml": `${value("one")}vault-write-token: of-the-file\n`,
    });
    const { VAULT_TOKEN: token = "", ...env } = world.env;
    const audit = (more: Record<string, string>) =>
      world.run(["fleet", "audit", "--json"], { env: { ...env, VAULT_ROLE_ID: "r", VAULT_SECRET_ID: "s", ...more } });
    expect((await audit({})).exit).toBe(2);
    expect(world.proxy.requests).toEqual([]);
    expect(JSON.parse((await audit({ VAULT_TOKEN_TEST: token })).stdout).result).toMatchObject({
      environments: [{ state: "audited", staticSource: "file" }],
    });
    expect(new Set(world.proxy.requests.map((request) => request.token))).toEqual(new Set([token]));
  });
});

test("its page lists every field, and its example is accepted", async () => {
  const reference = await readFile(`${ROOT}docs/reference/phalanx-yaml.md`, "utf8");
  expect([...reference.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field)).toEqual(ENTRY_FIELDS);
  const page = await readFile(`${ROOT}docs/how-to/static-sources.md`, "utf8");
  const [, example = ""] = /```yaml\n([\s\S]+?)```/.exec(page) ?? [];
  expect(
    told(
      lint({ ...smallTree({ a: {} }), "static/demo.yaml.age": "", "phalanx.yaml": example.replace("demo:", "one:") }),
    ),
  ).toEqual([]);
});

test("a link to a file of another place is not read", async () => {
  const world = await open(APP, FILES);
  const elsewhere = await makeTree({ "phalanx.yaml": entry("secrets: one.yaml") });
  await symlink(join(elsewhere.root, "phalanx.yaml"), join(world.tree.root, "phalanx.yaml"));
  expect(await world.run(["secrets", "audit", "test"])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("phalanx.yaml: is a link to a path outside the configuration"),
  });
  await rm(join(world.tree.root, "phalanx.yaml"));
  await mkdir(join(world.tree.root, "phalanx.yaml"));
  await writeFile(join(world.tree.root, "phalanx.yaml/x"), "");
  expect(await world.run(["secrets", "audit", "test"])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("phalanx.yaml: is a directory"),
  });
  await elsewhere.remove();
});
