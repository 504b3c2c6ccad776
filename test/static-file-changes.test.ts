import { chmod, cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SecretValue } from "../src/model/secret-value.js";
import { openAge, sealAge } from "../src/sources/encrypted/age.js";
import { type Finished, phalanx, ROOT, startPhalanx } from "./support/cli.js";
import { HAS_SCRIPT, phalanxAtTerminal, type Seen } from "./support/terminal.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const IDENTITY = `${ROOT}test/fixtures/encrypted/identity.txt`;
const RECIPIENT = "age1yl2ckzsqde5kkyx48er6kuc2lxvzaywxw8h2kuyvzh00s0xp4vlqktwnre";
const FILE = `# Ours; ask the web team.
applications:
  portal: # the map
    map-tiles-key:
      value: "old"   # rotate in May

# The clients.
oidc-clients: {}
`;

let tree: TestTree;

beforeAll(async () => {
  tree = await makeTree(
    environmentFiles("http://127.0.0.1:1", {
      portal: { secrets: "map-tiles-key: {description: Key of the map}\nhook: {description: Address}\n" },
    }),
  );
});
afterAll(() => tree.remove());

beforeEach(async () => {
  await rm(at("static.yaml"), { force: true });
  await writeFile(at("static.yaml"), FILE, { mode: 0o600 });
  await writeFile(at("static.age"), await sealAge(FILE, { recipients: [RECIPIENT] }, true), { mode: 0o600 });
});

const at = (file: string): string => join(tree.root, file);
const contentOf = (file: string): Promise<string> => readFile(at(file), "utf8");

async function set(file: string, value: string, ...more: string[]): Promise<Finished> {
  const finished = await phalanx(
    ["secrets", "set", "test", ...(more.length > 0 ? more : ["portal/map-tiles-key"]), "--in", file, "--yes"],
    { cwd: tree.root, env: { PHALANX_AGE_IDENTITY_FILE: IDENTITY }, input: value },
  );
  expect(finished.stdout + finished.stderr).not.toContain("fake-new");
  return finished;
}

async function decrypted(file: string): Promise<string> {
  const keys = {
    identities: async () => ({
      origins: [],
      identities: [new SecretValue(/^AGE-.*$/m.exec(await readFile(IDENTITY, "utf8"))?.[0] ?? "")],
    }),
    passphrase: () => Promise.reject(new Error("there is none")),
  };
  return new TextDecoder().decode((await openAge(await readFile(at(file)), file, keys)).plaintext);
}

describe("secrets set --in", () => {
  test("changes one value, and no other byte of the file", async () => {
    expect(await set("static.yaml", "fake-new")).toEqual({
      exit: 0,
      stdout: "Set portal/map-tiles-key in static.yaml\n",
      stderr:
        "Nothing was written to Vault. To write it there: phalanx secrets sync test portal/map-tiles-key --secrets static.yaml\n",
    });
    expect(await contentOf("static.yaml")).toBe(FILE.replace('"old"', "fake-new"));
    expect(await readdir(tree.root)).not.toContainEqual(expect.stringContaining(".new-"));
  });

  test("changes one value of an encrypted file, which stays as it was encrypted", async () => {
    expect(await set("static.age", "fake-new")).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining("Nothing was written to Vault"),
    });
    expect(await contentOf("static.age")).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    expect(await decrypted("static.age")).toBe(FILE.replace('"old"', "fake-new"));
  });

  test("takes several lines as they are", async () => {
    await set("static.yaml", "fake-new\nfake-new\n", "portal/hook", "--raw");
    expect(await contentOf("static.yaml")).toBe(
      FILE.replace("in May\n", "in May\n    hook:\n      value: |\n        fake-new\n        fake-new\n"),
    );
  });

  test("writes no value with --encrypt-to that is not encrypted", async () => {
    await set("static.yaml", "fake-new", "portal/hook", "--encrypt-to", RECIPIENT);
    expect(await contentOf("static.yaml")).toMatch(/^-----BEGIN AGE/);
    expect(await decrypted("static.yaml")).toContain("      value: fake-new\n");
  });

  test("keeps the permissions", async () => {
    await chmod(at("static.yaml"), 0o640);
    await set("static.yaml", "fake-new");
    expect((await stat(at("static.yaml"))).mode & 0o777).toBe(0o640);
  });

  test.each([
    [
      "statc.age",
      'Did you mean "static.age"? Only if test has no such file yet: phalanx secrets static-template test --encrypt-to RECIPIENT -o statc.age',
    ],
    [
      "static",
      'Did you mean "static.age"? Only if test has no such file yet: phalanx secrets static-template test -o static; add --encrypt-to RECIPIENT to encrypt it.',
    ],
    [
      "./static.yml",
      'Did you mean "static.yaml"? Only if test has no such file yet: phalanx secrets static-template test -o ./static.yml; add --encrypt-to RECIPIENT to encrypt it.',
    ],
    [
      "other.yaml",
      "Check the path. Only if test has no such file yet: phalanx secrets static-template test -o other.yaml; add --encrypt-to RECIPIENT to encrypt it.",
    ],
    [
      "none/new.age",
      "Check the path. Only if test has no such file yet: phalanx secrets static-template test --encrypt-to RECIPIENT -o none/new.age",
    ],
  ])("makes no file, which might be a slip: %s", async (file, hint) => {
    const stderr = `Error: ${file} does not exist\nHint: ${hint}\n`;
    expect(await set(file, "fake-new", "portal/hook", "--encrypt-to", RECIPIENT)).toEqual({
      exit: 2,
      stdout: "",
      stderr,
    });
    await expect(stat(at(file))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("follows no link, and writes nowhere that everybody may put files", async () => {
    await symlink("static.yaml", at("link.yaml"));
    expect(await set("link.yaml", "fake-new")).toMatchObject({
      exit: 2,
      stderr: "Error: link.yaml cannot be read (it is a link)\nHint: Name the file that it leads to.\n",
    });
    await symlink("nowhere.yaml", at("dangling.yaml"));
    expect(await set("dangling.yaml", "fake-new")).toMatchObject({ exit: 2 });
    await mkdir(at("shared"));
    await chmod(at("shared"), 0o777);
    await cp(at("static.yaml"), at("shared/static.yaml"));
    for (const file of ["shared/static.yaml", "shared/new.yaml"])
      expect(await set(file, "fake-new")).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining("Error: Other users can replace files in shared\n"),
      });
    expect(await contentOf("static.yaml")).toBe(FILE);
    expect(await readdir(at("shared"))).toEqual(["static.yaml"]);
  });

  test("leaves what somebody else wrote meanwhile", async () => {
    await chmod(at("static.yaml"), 0o640);
    const child = startPhalanx(["secrets", "set", "test", "portal/map-tiles-key", "--in", "static.yaml", "--yes"], {
      cwd: tree.root,
    });
    let stderr = "";
    // It is read once it is found to be open to others; the value is still to come.
    await new Promise<void>((done) => {
      child.stderr.on("data", (chunk) => {
        stderr += String(chunk);
        if (stderr.includes("chmod 600")) done();
      });
    });
    await writeFile(at("static.yaml"), `${FILE}# more\n`);
    child.stdin.end("fake-new");
    expect(await new Promise((done) => void child.on("close", done))).toBe(2);
    expect(stderr).toContain("Error: Somebody else changed static.yaml in the meantime: nothing was written\n");
    expect(await contentOf("static.yaml")).toBe(`${FILE}# more\n`);
  });

  test("has what is wrong with the file told before a value is read", async () => {
    await writeFile(at("static.yaml"), "applications: {portal: {map-tiles-key: {valeu: fake-new}}}\n");
    expect(await set("static.yaml", "")).toMatchObject({ exit: 2, stderr: expect.stringContaining("valeu") });
  });
});

describe("secrets static-template --merge", () => {
  const merge = (...args: string[]): Promise<Finished> =>
    phalanx(["secrets", "static-template", "test", "--merge", ...args], {
      cwd: tree.root,
      env: { PHALANX_AGE_IDENTITY_FILE: IDENTITY },
    });
  const ADDED = FILE.replace(
    "in May\n",
    "in May\n    hook:\n      description: >-\n        Address\n      value: null\n",
  );

  test.each(["static.yaml", "static.age"])("adds what %s lacks, and changes nothing else", async (file) => {
    await chmod(at(file), 0o400);
    const content = (): Promise<string> => (file.endsWith("age") ? decrypted(file) : contentOf(file));
    expect(await merge(file)).toEqual({ exit: 0, stdout: `Added portal/hook to ${file}\n`, stderr: "" });
    expect(await content()).toBe(ADDED);
    expect((await stat(at(file))).mode & 0o777).toBe(0o400);
    const before = await readFile(at(file));
    expect((await merge(file)).stdout).toBe(`No changes: ${file} was not written\n`);
    expect(await readFile(at(file))).toEqual(before);
  });

  test("encrypts a plain file on the way, and leaves a link alone", async () => {
    await symlink("static.yaml", at("link-to-merge.yaml"));
    expect(await merge("link-to-merge.yaml")).toMatchObject({ exit: 2 });
    expect(await contentOf("static.yaml")).toBe(FILE);
    expect(await merge("static.yaml", "--encrypt-to", RECIPIENT)).toMatchObject({ exit: 0 });
    await writeFile(at("static.yaml"), ADDED);
    const encrypted = { exit: 0, stdout: "Encrypted static.yaml\n" };
    expect(await merge("static.yaml", "--encrypt-to", RECIPIENT)).toMatchObject(encrypted);
    expect(await decrypted("static.yaml")).toBe(ADDED);
  });
});

describe.skipIf(!HAS_SCRIPT)("secrets set --in at a terminal", () => {
  const atTerminal = (command: string, answers: readonly (readonly [RegExp, string])[]): Promise<Seen> =>
    phalanxAtTerminal(command, answers, {
      cwd: tree.root,
      env: { PATH: process.env["PATH"] ?? "", TERM: "xterm", PHALANX_AGE_IDENTITY_FILE: IDENTITY },
    });
  const value = [/Value of portal\/\S+: $/, "fake-new"] as const;

  test("tells how several lines are given, to the same file, and one secret", async () => {
    const pasted = [/Value of portal\/hook: $/, "fake-new\rfake-new"] as const;
    const command = "secrets set test portal/map-tiles-key portal/hook --in static.age --raw";
    const { exit, screen } = await atTerminal(command, [value, pasted]);
    expect(exit).toBe(2);
    expect(screen.replaceAll(/\s+/g, " ")).toContain(
      "Hint: Give a value of several lines on standard input: phalanx secrets set test portal/hook --in static.age --raw < FILE",
    );
  });

  test("asks before it replaces a value", async () => {
    const command = "secrets set test portal/map-tiles-key --in static.age";
    const question = /Replace the value of portal\/map-tiles-key in static\.age\?.*$/;
    expect((await atTerminal(command, [value, [question, "n"]])).exit).toBe(2);
    expect(await decrypted("static.age")).toBe(FILE);
    const { exit, screen } = await atTerminal(command, [value, [question, "y"]]);
    expect({ exit, screen }).toEqual({ exit: 0, screen: expect.stringContaining("Set portal/map-tiles-key in") });
    expect(screen).not.toContain("fake-new");
    expect(await decrypted("static.age")).toContain("value: fake-new");
  });

  test("asks nothing about a value that is new, or with --yes", async () => {
    expect(await atTerminal("secrets set test portal/hook --in static.yaml", [value])).toMatchObject({ exit: 0 });
    const yes = "secrets set test portal/map-tiles-key --in static.yaml --yes";
    expect(await atTerminal(yes, [value])).toMatchObject({ exit: 0 });
    expect((await contentOf("static.yaml")).match(/fake-new/g)).toHaveLength(2);
  });
});
