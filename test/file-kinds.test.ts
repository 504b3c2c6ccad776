import { cp, lstat, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Finished, phalanxHere } from "./support/cli.js";
import { openKv } from "./support/kv.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";
import { startVault, type TestVault } from "./support/vault.js";

/** Everything that writes a file which an operator names, and what it calls it. `FILE` stands for that file. */
const WRITERS = {
  plan: ["secrets plan test --out FILE", "a plan"],
  template: ["secrets static-template test -o FILE", "a static secrets file"],
  encrypted: [
    "secrets static-template test --encrypt-to age1yl2ckzsqde5kkyx48er6kuc2lxvzaywxw8h2kuyvzh00s0xp4vlqktwnre -o FILE",
    "a static secrets file",
  ],
  schema: ["secrets schema -o FILE", "a phalanx JSON Schema"],
  "fleet schema": ["fleet schema -o FILE", "a phalanx JSON Schema"],
  token: ["vault create-write-token test --lifetime 24h -o FILE", "a write token file"],
  "token as JSON": ["vault create-write-token test --lifetime 24h --json -o FILE", "a write token file"],
  approle: ["vault create-read-approle test -o FILE", "an AppRole credentials file"],
  "approle as JSON": ["vault create-read-approle test --json -o FILE", "an AppRole credentials file"],
  manifest: ["vault create-read-approle test --as-secret s -o FILE", "an AppRole credentials file"],
  page: ["fleet audit test --html FILE", "a phalanx fleet audit page"],
  report: ["fleet audit test --json FILE", "a phalanx fleet audit report"],
  metrics: ["fleet audit test --metrics FILE", "a phalanx metrics file"],
} as const;
type Writer = keyof typeof WRITERS;
const NAMES = Object.keys(WRITERS) as Writer[];

/** What else lies about where an operator works. */
const STRANGERS: Readonly<Record<string, string>> = {
  "static values": "applications: {app: {s: {value: precious}}}\n",
  "the settings of an environment": "name: test\napplications:\n  app: true\n",
  notes: "years of work\n",
  "another JSON": '{"name": "x"}\n',
};

let vault: TestVault;
let tree: TestTree;
const run = (line: string): Promise<Finished> =>
  phalanxHere(line.split(" "), {
    cwd: tree.root,
    env: { VAULT_TOKEN: vault.rootToken, VAULT_TOKEN_TEST: vault.rootToken, HOME: tree.root },
  });
const at = (name: string): string => join(tree.root, name);
const sampleOf = (writer: Writer): string => at(`samples/${NAMES.indexOf(writer)}`);

beforeAll(async () => {
  vault = await startVault();
  const files = environmentFiles(vault.url, { app: { secrets: "s: {description: x}\n" } });
  tree = await makeTree({ ...files, "samples/.keep": "" });
  const kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
  await kv.call("POST", "sys/auth/approle", { type: "approle" });
  await kv.put("app", { s: "x" });
  for (const name of NAMES) {
    const { stderr } = await run(WRITERS[name][0].replace("FILE", `samples/${NAMES.indexOf(name)}`));
    expect(await readFile(sampleOf(name), "utf8"), stderr).not.toBe("");
  }
});
afterAll(() => Promise.all([vault.close(), tree.remove()]));
afterEach(() => rm(at("there"), { recursive: true, force: true }));

/** An empty file in the place of a filled one would lose its values. */
const MERGE =
  "Choose another name. --force would replace its values. " +
  "To add empty entries for what is missing: phalanx secrets static-template test --merge there";

describe.each(NAMES)("--force of what writes: %s", (writer) => {
  const [line, kind] = WRITERS[writer];
  const write = async (options = ""): Promise<Omit<Finished, "stdout">> => {
    const { exit, stderr } = await run(`${line.replace("FILE", "there")}${options}`);
    return { exit, stderr };
  };
  const other = {
    exit: 2,
    stderr: `Error: there already exists, and is not ${kind}\nHint: Choose another name: --force does not replace it.\n`,
  };

  test("replaces only a file of the same kind, and is suggested only for one", async () => {
    for (const name of NAMES) {
      await cp(sampleOf(name), at("there"));
      const before = await readFile(at("there"));
      const [refused, forced] = [await write(), await write(" --force")];
      if (WRITERS[name][1] === kind) {
        expect(refused).toEqual({
          exit: 2,
          stderr: `Error: there already exists\nHint: ${kind === "a static secrets file" ? MERGE : "Choose another name, or give --force to replace it."}\n`,
        });
        expect(forced.stderr, name).not.toContain("already exists");
      } else {
        expect([refused, forced], name).toEqual([other, other]);
        expect(await readFile(at("there"))).toEqual(before);
      }
    }
  });

  test("leaves every other file as it is, but fills an empty one", async () => {
    for (const [name, text] of Object.entries(STRANGERS)) {
      if (name === "static values" && kind === "a static secrets file") continue;
      await writeFile(at("there"), text);
      expect([await write(), await write(" --force")], name).toEqual([other, other]);
      expect(await readFile(at("there"), "utf8")).toBe(text);
    }
    await writeFile(at("there"), "");
    await write(" --force");
    expect(await readFile(at("there"), "utf8")).not.toBe("");
  });

  test("puts nothing in the place of a directory", async () => {
    await mkdir(at("there"));
    for (const options of ["", " --force"])
      expect(await write(options)).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining("there is a directory\n"),
      });
  });
});

test("a link to a device is not replaced, and no hint suggests it", async () => {
  await symlink("/dev/null", at("nothing"));
  for (const options of ["", " --force"])
    expect((await run(`secrets schema -o nothing${options}`)).stderr).toContain(
      "nothing already exists, and is not a phalanx JSON Schema\n",
    );
  expect((await lstat(at("nothing"))).isSymbolicLink()).toBe(true);
});

test("if a file is not a plan, the hint does not suggest writing over it", async () => {
  await writeFile(at("static.yaml"), "applications: {}\n", { mode: 0o600 });
  expect(await run("secrets sync test --plan static.yaml")).toEqual({
    exit: 2,
    stdout: "",
    stderr:
      "Error: static.yaml is not a plan file, or is cut off\nHint: Make one: phalanx secrets plan test -o test.plan\n",
  });
});

test("a plan that was cut off still counts as a plan, so --force replaces it", async () => {
  const plan = await readFile(sampleOf("plan"), "utf8");
  await writeFile(at("test.plan"), plan.slice(0, plan.length / 2));
  expect((await run("secrets plan test --out test.plan --force")).exit).toBe(0);
  expect(await readFile(at("test.plan"), "utf8")).toContain('"checksum"');
});

test("export-secrets --force replaces exports, and nothing if one of them is something else", async () => {
  const kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
  await kv.put("second", { s: "x" });
  await mkdir(at("out"), { mode: 0o700 });
  await writeFile(at("out/app.json"), '{"s": "older"}');
  await cp(sampleOf("plan"), at("out/second.json"));
  expect((await run("vault export-secrets test out --force")).stderr).toBe(
    "Error: out/second.json already exists, and is not an exported application\n" +
      "Hint: Choose another name: --force does not replace it.\n",
  );
  expect(await readFile(at("out/app.json"), "utf8")).toBe('{"s": "older"}');
  await rm(at("out/second.json"));
  expect((await run("vault export-secrets test out --force")).exit).toBe(0);
  expect(JSON.parse(await readFile(at("out/app.json"), "utf8"))).toEqual({ s: "x" });
});
