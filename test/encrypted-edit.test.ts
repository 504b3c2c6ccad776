import { execFileSync } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SecretValue } from "../src/model/secret-value.js";
import { sealAge } from "../src/sources/encrypted/age.js";
import { type Finished, phalanx, ROOT, startPhalanx } from "./support/cli.js";
import { IN_CI } from "./support/size.js";
import { has } from "./support/programs.js";
import { HAS_SCRIPT, phalanxAtTerminal, type Seen } from "./support/terminal.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const FIXTURES = `${ROOT}test/fixtures/encrypted`;
const RECIPIENTS = [
  "age1yl2ckzsqde5kkyx48er6kuc2lxvzaywxw8h2kuyvzh00s0xp4vlqktwnre",
  execFileSync("grep", ["-o", "age1.*", `${FIXTURES}/other-identity.txt`])
    .toString()
    .trim(),
] as const;
const hasAge = has("age");

let tree: TestTree;
let runtime: string;
let outside: string;

beforeAll(async () => {
  tree = await makeTree(
    environmentFiles("http://127.0.0.1:1", { portal: { secrets: "map-tiles-key: {description: x}\n" } }),
  );
  outside = await mkdtemp(join(tmpdir(), "phalanx-edit-test-"));
});
afterAll(() => Promise.all([tree.remove(), rm(outside, { recursive: true })]));

beforeEach(async () => {
  runtime = join(outside, `run-${Math.random()}`);
  await mkdir(runtime);
  for (const name of ["to-one.age", "to-one.armoured.age", "to-two.age", "sops.yaml", "plain.yaml", "passphrase.age"]) {
    await cp(`${FIXTURES}/${name}`, join(tree.root, name));
    await chmod(join(tree.root, name), 0o600);
  }
});

/** An editor that is a shell script; `$1` is the file. */
async function editor(script: string): Promise<string> {
  const path = join(outside, `editor-${Math.random()}`);
  await writeFile(path, `#!/bin/sh\nset -e\nprintf '%s\\n' "$@" > ${outside}/args\n${script}\n`, { mode: 0o755 });
  return path;
}

const environment = async (script: string): Promise<Record<string, string>> => ({
  EDITOR: await editor(script),
  XDG_RUNTIME_DIR: runtime,
  PHALANX_AGE_IDENTITY_FILE: `${FIXTURES}/identity.txt`,
});

async function edit(file: string, script: string, ...options: string[]): Promise<Finished> {
  const finished = await phalanx(["secrets", "edit", "test", file, ...options], {
    cwd: tree.root,
    env: await environment(script),
  });
  // Whatever happened: nothing is left, and no value was shown.
  expect(await readdir(runtime)).toEqual([]);
  expect(finished.stdout + finished.stderr).not.toMatch(/fake-|AGE-SECRET/);
  return finished;
}

const contentOf = (file: string): Promise<Buffer> => readFile(join(tree.root, file));
const decrypt = (file: string, identity = "identity.txt"): string =>
  execFileSync("age", ["-d", "-i", `${FIXTURES}/${identity}`, join(tree.root, file)]).toString();
const CHANGE = 'sed -i s/fake-map-tiles-key/changed/ "$1"';

describe("secrets edit", () => {
  test("shows the file in a private place, and encrypts what was changed", async () => {
    const before = await contentOf("to-one.age");
    const seen = `stat -c '%a %n' "$1" "$(dirname "$1")" > ${outside}/seen; cp "$1" ${outside}/copy; ${CHANGE}`;
    expect(await edit("to-one.age", seen)).toMatchObject({ exit: 0, stderr: expect.any(String) });
    const [file = "", directory = ""] = (await readFile(join(outside, "seen"), "utf8")).split("\n");
    expect(file).toMatch(/^600 .*\/run-[\d.]+\/phalanx-edit-[\w-]+\/static\.yaml$/);
    expect(directory).toMatch(/^700 /);
    expect(await readFile(join(outside, "copy"), "utf8")).toBe(await readFile(`${FIXTURES}/plain.yaml`, "utf8"));
    expect(await readFile(join(outside, "args"), "utf8")).toMatch(/^\S+static\.yaml\n$/);
    expect(await contentOf("to-one.age")).not.toEqual(before);
    expect((await stat(join(tree.root, "to-one.age"))).mode & 0o777).toBe(0o600);
    if (hasAge) expect(decrypt("to-one.age")).toContain("value: changed");
  });

  test("keeps the form, and the place behind a link", async () => {
    await rm(join(tree.root, "link.age"), { force: true });
    await symlink("to-one.armoured.age", join(tree.root, "link.age"));
    expect((await edit("link.age", CHANGE)).exit).toBe(0);
    expect((await contentOf("to-one.armoured.age")).toString()).toMatch(/^-----BEGIN AGE/);
    if (hasAge) expect(decrypt("to-one.armoured.age")).toContain("value: changed");
  });

  test("leaves an unchanged file alone", async () => {
    const before = await contentOf("to-one.age");
    expect(await edit("to-one.age", 'touch "$1"')).toEqual({
      exit: 0,
      stdout: "No changes: to-one.age was not written\n",
      stderr: expect.stringMatching(/exited immediately without changing anything\n {4}.*EDITOR='code --wait'\.\n$/),
    });
    expect(await contentOf("to-one.age")).toEqual(before);
  });

  test("takes no bytes for others: an editor that saves in Latin-1 or UTF-16", async () => {
    const before = await contentOf("to-one.age");
    const saves = (encoding: string): string =>
      `sed 's/fake-map-tiles-key/g\u00fcnther/' "$1" | iconv -f UTF-8 -t ${encoding} > ${outside}/saved; cat ${outside}/saved > "$1"`;
    expect(await edit("to-one.age", saves("ISO-8859-1"))).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("to-one.age: is not UTF-8\n"),
    });
    expect(await edit("to-one.age", saves("UTF-16"))).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("to-one.age: is UTF-16, not UTF-8\n"),
    });
    expect(await contentOf("to-one.age")).toEqual(before);
  });

  test("leaves out the mark that an editor puts at the beginning", async () => {
    const script = `{ printf '\\357\\273\\277'; cat "$1"; } > ${outside}/saved; cat ${outside}/saved > "$1"`;
    expect(await edit("to-one.age", `${CHANGE}; ${script}`)).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining("to-one.age: begins with a byte order mark, which was ignored\n"),
    });
    if (hasAge) expect(decrypt("to-one.age")).not.toMatch(/^\uFEFF/);
  });

  test.each<[string, string, RegExp]>([
    ["fails", `echo > "$1"; exit 3`, /failed \(exit status 3\): nothing was written/],
    ["is killed", "kill -9 $$", /(was terminated by SIGKILL|failed \(exit status 137\)): nothing was written/],
    ["makes it no static secrets", `echo 'applications: [fake-1]' > "$1"`, /must be a mapping/],
    [
      "breaks the YAML",
      `echo 'a: "fake-1' > "$1"`,
      /Correct the YAML\.\nError: 1 problem in what the editor saved: to-one\.age was not changed, and the edit is lost/m,
    ],
    ["empties it", `: > "$1"`, /is empty/],
    ["removes it", `rm "$1"`, /is gone from its private directory/],
    ["removes the directory", `rm -r "$(dirname "$1")"`, /is gone from its private directory/],
  ])("an editor that %s", async (_, script, message) => {
    const before = await contentOf("to-one.age");
    const { exit, stderr } = await edit("to-one.age", script);
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringMatching(message) });
    expect(await contentOf("to-one.age")).toEqual(before);
  });

  test("an editor that is not there", async () => {
    const env = { ...(await environment("")), VISUAL: "/nowhere/vi" };
    const { exit, stderr } = await phalanx(["secrets", "edit", "test", "to-one.age"], { cwd: tree.root, env });
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringMatching(/\/nowhere\/vi failed/) });
    expect(await readdir(runtime)).toEqual([]);
  });

  test("an editor with arguments", async () => {
    const env = await environment(CHANGE);
    const finished = await phalanx(["secrets", "edit", "test", "to-one.age"], {
      cwd: tree.root,
      env: { ...env, EDITOR: `sh -c '${env["EDITOR"]} "$1"' x` },
    });
    expect(finished.exit).toBe(0);
  });

  test("vim under another name leaves nothing elsewhere", async () => {
    const env = await environment("");
    const vim = join(outside, "vim.basic");
    await cp(env["EDITOR"] ?? "", vim);
    await symlink(vim, join(outside, "vi"));
    const path = `${outside}:${process.env["PATH"]}`;
    const { EDITOR: _, ...rest } = env;
    const finished = await phalanx(["secrets", "edit", "test", "to-one.age"], {
      cwd: tree.root,
      env: { ...rest, PATH: path },
    });
    expect(finished).toMatchObject({ exit: 0, stderr: "" });
    expect(await readFile(join(outside, "args"), "utf8")).toMatch(
      /^-n\n-i\nNONE\n-c\n.*noundofile.*\n\S+static\.yaml\n$/,
    );
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const)("%s while the editor runs", async (signal) => {
    const before = await contentOf("to-one.age");
    const env = await environment(
      `${CHANGE}; trap 'cp "$1" "$1.saved"; echo told >> ${outside}/told; exit' INT TERM HUP QUIT; sleep 9 >/dev/null 2>&1 & echo ready; wait`,
    );
    const child = startPhalanx(["secrets", "edit", "test", "to-one.age"], { cwd: tree.root, env });
    const ended = new Promise<number | null>((done) => void child.on("close", done));
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    child.stdout.once("data", () => child.kill(signal));
    expect(await ended).toBe(2);
    expect(stderr).toContain(`Error: Stopped by ${signal}: nothing was written\n`);
    expect(await readdir(runtime)).toEqual([]);
    expect(await contentOf("to-one.age")).toEqual(before);
  });

  test("does not drop recipients in silence", async () => {
    const before = await contentOf("to-two.age");
    const refused = await edit("to-two.age", CHANGE);
    expect(refused.stderr).toMatch(/to-two\.age is also encrypted to 1 other recipient,/);
    expect(await contentOf("to-two.age")).toEqual(before);
    const all = RECIPIENTS.flatMap((recipient) => ["--encrypt-to", recipient]);
    expect((await edit("to-two.age", CHANGE, ...all)).exit).toBe(0);
    if (hasAge) expect(decrypt("to-two.age", "other-identity.txt")).toContain("value: changed");
  });

  test("with both identities, both stay", async () => {
    const both = join(outside, "both.txt");
    await writeFile(
      both,
      `${await readFile(`${FIXTURES}/identity.txt`, "utf8")}${await readFile(`${FIXTURES}/other-identity.txt`, "utf8")}`,
    );
    expect((await edit("to-two.age", CHANGE, "--identity", both)).exit).toBe(0);
    if (hasAge) expect(decrypt("to-two.age", "other-identity.txt")).toBe(decrypt("to-two.age"));
  });

  test.each([
    ["sops.yaml", "Error: sops.yaml is a SOPS file, so edit it with sops\nHint: Run: sops sops.yaml\n"],
    [
      "plain.yaml",
      "Error: plain.yaml is not encrypted: edit it with any editor\nHint: To encrypt it as well, add --encrypt-to RECIPIENT.\n",
    ],
  ])("refuses %s", async (file, stderr) => {
    expect(await edit(file, "exit 9")).toEqual({ exit: 2, stdout: "", stderr });
  });

  test("encrypts a plain file on the way", async () => {
    expect((await edit("plain.yaml", 'touch "$1"', "--encrypt-to", RECIPIENTS[0])).exit).toBe(0);
    expect((await contentOf("plain.yaml")).toString()).toMatch(/^-----BEGIN AGE/);
    if (hasAge) expect(decrypt("plain.yaml")).toBe(await readFile(`${FIXTURES}/plain.yaml`, "utf8"));
  });

  test("leaves a plain file alone that the editor has not saved", async () => {
    const before = await contentOf("plain.yaml");
    const { exit, stdout, stderr } = await edit("plain.yaml", "sleep 0.1", "--encrypt-to", RECIPIENTS[0]);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
    expect(stderr).toContain(
      "Error: The editor did not save plain.yaml: nothing was written, and it is still not encrypted\n" +
        "Hint: To encrypt it as it is, save it in the editor, or: age -r RECIPIENT -o plain.yaml.age plain.yaml\n",
    );
    expect(await contentOf("plain.yaml")).toEqual(before);
  });

  test("a wrong recipient is found before anything is typed", async () => {
    const { exit, stderr } = await edit("to-one.age", "exit 9", "--encrypt-to", "AGE-SECRET-KEY-1QQQ");
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: expect.stringContaining("The recipient is not an age recipient"),
    });
  });

  test("what somebody else wrote meanwhile stays", async () => {
    const other = await contentOf("to-one.armoured.age");
    const { exit, stderr } = await edit(
      "to-one.age",
      `${CHANGE}; cp ${FIXTURES}/to-one.armoured.age ${tree.root}/to-one.age`,
    );
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: expect.stringContaining("your version is in to-one.age.edited"),
    });
    expect(await contentOf("to-one.age")).toEqual(other);
    if (hasAge) expect(decrypt("to-one.age.edited")).toContain("value: changed");
    await rm(join(tree.root, "to-one.age.edited"));
  });
});

describe.skipIf(!HAS_SCRIPT)("secrets edit on a terminal", () => {
  const atTerminal = async (file: string, script: string, answers: readonly [RegExp, string][]): Promise<Seen> => {
    const env = { PATH: process.env["PATH"] ?? "", TERM: "xterm", ...(await environment(script)) };
    return phalanxAtTerminal(`secrets edit test ${file}`, answers, { cwd: tree.root, env });
  };

  // To make a key of a passphrase takes a second each time, as it should.
  test.skipIf(!IN_CI)("asks for a passphrase, without showing it, and keeps it", async () => {
    const ask: [RegExp, string] = [/Passphrase for passphrase\.age: $/, "fake-passphrase"];
    const { exit, screen } = await atTerminal("passphrase.age", CHANGE, [ask]);
    expect({ exit, screen }).toEqual({ exit: 0, screen: expect.stringContaining("Encrypted passphrase.age") });
    expect(screen).not.toContain("fake-");
    const again = await atTerminal("passphrase.age", `grep -q changed "$1"`, [ask]);
    expect(again).toEqual({ exit: 0, screen: expect.stringContaining("No changes") });
    const wrong = await atTerminal("passphrase.age", "", [[ask[0], "wrong"]]);
    expect(wrong).toEqual({ exit: 2, screen: expect.stringContaining("The passphrase does not open passphrase.age") });
  });

  test.skipIf(!IN_CI)("asks for the passphrase of an identity file too", async () => {
    const identity = await readFile(`${FIXTURES}/identity.txt`);
    const sealed = await sealAge(identity, { passphrase: new SecretValue("fake-passphrase") }, true);
    await writeFile(join(tree.root, "key.age"), sealed);
    const { exit, screen } = await atTerminal("to-one.age --identity key.age", 'touch "$1"', [
      [/Passphrase for key\.age: $/, "fake-passphrase"],
    ]);
    expect({ exit, screen }).toEqual({ exit: 0, screen: expect.stringContaining("No changes") });
  });

  test.each(["> log", "| tee log"])("opens no editor whose screen would be kept: %s", async (redirection) => {
    const { screen } = await atTerminal(`to-one.age ${redirection}`, 'cat "$1"', []);
    expect(screen).toContain("Error: Standard output is not the terminal, so it would get what the editor");
    expect(await readFile(join(tree.root, "log"), "utf8")).toBe("");
  });

  test("lets a mistake be corrected", async () => {
    const mistake = `if grep -q mistake "$1"; then echo '{}' > "$1"; else echo 'mistake: 1' > "$1"; fi`;
    const fixed = await atTerminal("to-one.age", mistake, [[/Edit it again\?.*$/, ""]]);
    expect(fixed).toEqual({ exit: 0, screen: expect.stringContaining("to-one.age:1:1: unknown field") });
    const before = await contentOf("to-one.armoured.age");
    const given = await atTerminal("to-one.armoured.age", mistake, [[/Edit it again\?.*$/, "n"]]);
    expect(given).toEqual({ exit: 2, screen: expect.stringContaining("Aborted: to-one.armoured.age was not changed") });
    expect(await contentOf("to-one.armoured.age")).toEqual(before);
    expect(await readdir(runtime)).toEqual([]);
  });
});

test("a slip in the name of an encrypted file leaves nothing in clear beside it", async () => {
  const finished = await phalanx(["secrets", "set", "test", "portal/map-tiles-key", "--in", "to-noe.age"], {
    cwd: tree.root,
    env: await environment("exit 1"),
    input: "hidden",
  });
  expect(finished).toMatchObject({
    exit: 2,
    stderr: expect.stringMatching(/to-noe\.age does not exist\nHint: Did you mean "to-one\.age"\? .*--encrypt-to/),
  });
  await expect(readFile(join(tree.root, "to-noe.age"))).rejects.toThrow("ENOENT");
});
