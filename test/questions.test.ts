import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Finished, phalanx } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import { HAS_SCRIPT, phalanxAtTerminal, type Seen } from "./support/terminal.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";
import { startVault, type TestVault } from "./support/vault.js";

const KEYS = Array.from({ length: 8 }, (_, i) => `k${i}`);
const GENERATED = KEYS.map((key) => `${key}: {description: x, generate: {type: password}}\n`).join("");
const VALUES = Object.fromEntries(KEYS.map((key) => [key, `old ${key}`]));

let vault: TestVault;
let tree: TestTree;
let kv: Kv;
let env: Record<string, string>;

beforeAll(async () => {
  vault = await startVault();
  tree = await makeTree({
    ...environmentFiles(vault.url, { app: { secrets: `${GENERATED}s: {description: x}\n` } }),
    "static.yaml": "applications: {app: {s: {value: from the file}}}\n",
  });
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
  env = {
    PATH: process.env["PATH"] ?? "",
    VAULT_TOKEN: vault.rootToken,
    XDG_STATE_HOME: `${tree.root}/state`,
    TERM: "xterm",
    NO_COLOR: "1",
  };
  const moved = Object.fromEntries(KEYS.map((key) => [key, `moved ${key}`]));
  await kv.call("POST", "secret/data/old/app", { data: { ...moved, s: "copied" } });
});
beforeEach(async () => {
  await kv.call("DELETE", "secret/metadata/phalanx/test/app");
  await kv.put("app", { ...VALUES, s: "old" });
});
afterAll(() => Promise.all([vault.close(), tree.remove()]));

const unattended = (command: string, input = ""): Promise<Finished> =>
  phalanx(command.split(" "), { cwd: tree.root, env, input });
const present = () => kv.get("app");
const before = { ...VALUES, s: "old" };

describe("what changes a value that Vault holds", () => {
  test.each([
    ["secrets rotate test app/k0", "1 value"],
    ["secrets rotate test app/k0 app/k1", "2 values"],
    ["secrets set test app/s", "1 value"],
    ["secrets restore test --kv-version 1 app/s", "1 value"],
    ["vault copy-secrets test secret/old --overwrite --allow-mass-change", "9 values"],
  ])("needs --yes where nobody is there: %s", async (command, amount) => {
    if (command.includes("restore")) await kv.put("app", { ...VALUES, s: "newer" });
    const held = await present();
    expect(await unattended(command, "typed")).toEqual({
      exit: 2,
      stdout: "",
      stderr:
        `Error: This would change or delete ${amount} in test, but there is no one to ask (no terminal, or CI is set): nothing was written\n` +
        `Hint: To review it first: phalanx ${command} --dry-run\nIf this is what you want: phalanx ${command} --yes\n`,
    });
    expect(await present()).toEqual(held);
    expect(await unattended(`${command} --yes`, "typed")).toMatchObject({ exit: 0 });
    expect(await present()).not.toEqual(held);
  });

  test("is changed by a sync where nobody is there, as by that of the original", async () => {
    expect(await unattended("secrets sync test --secrets static.yaml")).toMatchObject({ exit: 0 });
    expect(await present()).toMatchObject({ s: "from the file" });
  });

  test("needs nothing where it is only created", async () => {
    await kv.put("app", VALUES);
    expect(await unattended("secrets set test app/s", "typed")).toMatchObject({ exit: 0 });
    expect(await present()).toMatchObject({ s: "typed" });
  });
});

describe("much at once", () => {
  const names = KEYS.map((key) => `app/${key}`).join(" ");

  test.each([
    [`secrets rotate test ${names} --yes`, "change or delete 8"],
    ["vault copy-secrets test secret/old --overwrite --yes", "change or delete 9"],
    ["secrets restore test --kv-version 1 app --yes", "change or delete 9"],
  ])("is refused where nobody is there: %s", async (command, amount) => {
    if (command.includes("restore")) await kv.put("app", Object.fromEntries([...KEYS, "s"].map((key) => [key, "new"])));
    const held = await present();
    expect(await unattended(command)).toEqual({
      exit: 2,
      stdout: "",
      stderr:
        `Error: This would ${amount} of the 9 keys of test\n` +
        `Hint: To review it first: phalanx ${command.replace(" --yes", "")} --dry-run\nIf this is what you want: phalanx ${command} --allow-mass-change\n`,
    });
    expect(await present()).toEqual(held);
    expect(await unattended(`${command} --allow-mass-change`)).toMatchObject({ exit: 0 });
    expect(await present()).not.toEqual(held);
  });

  test("is refused with a line that has all that is needed, and is not refused again", async () => {
    const { exit, stderr } = await unattended(`secrets rotate test ${names}`);
    const [, line = ""] = /If this is what you want: phalanx (.+)$/m.exec(stderr) ?? [];
    expect([exit, line]).toEqual([2, `secrets rotate test ${names} --yes --allow-mass-change`]);
    expect(await unattended(line)).toMatchObject({ exit: 0 });
  });

  test("is taken back by the line that was printed", async () => {
    await kv.call("DELETE", "secret/metadata/phalanx/test/app");
    const { stderr } = await unattended("secrets sync test --secrets static.yaml");
    const [, undo = ""] = /^To undo this: phalanx (.+)$/m.exec(stderr) ?? [];
    expect(undo).toMatch(/ --allow-mass-change --secrets static\.yaml$/);
    expect(await unattended(undo)).toMatchObject({ exit: 2 });
    expect(await present()).toMatchObject({ s: "from the file" });
    expect(await unattended(`${undo} --yes`)).toMatchObject({ exit: 0 });
    expect(await present()).toBeUndefined();
  });
});

describe.skipIf(!HAS_SCRIPT)("at a terminal", () => {
  const answering = (command: string, answer: string): Promise<Seen> =>
    phalanxAtTerminal(command, [[/\[y\/N\] |name of the environment: /, answer]], { cwd: tree.root, env });
  const SYNC = "secrets sync test --secrets static.yaml";

  test("a plain sync that changes a value shows its plan and asks", async () => {
    const { exit, screen } = await answering(SYNC, "n");
    expect([exit, screen]).toEqual([2, expect.stringContaining("Apply this to test? [y/N]")]);
    expect(screen).toContain("static.yaml has a different value");
    expect(await present()).toEqual(before);
    expect(await answering(SYNC, "y")).toMatchObject({ exit: 0 });
    expect(await present()).toMatchObject({ s: "from the file" });
  });

  test("a regeneration asks how many secrets get new values, and whether these are all", async () => {
    const two = await answering("secrets sync test app/k0 app/k1 --regenerate", "n");
    const all = await answering("secrets sync test --regenerate", "n");
    const one = await answering("secrets sync test app/k0 app/s --regenerate --secrets static.yaml", "n");
    expect([all, two, one].map(({ screen }) => /^.*\[y\/N\]/m.exec(screen)?.[0])).toEqual([
      "Give all 8 generated secrets new values in test? [y/N]",
      "Give these 2 secrets new values in test? [y/N]",
      "Give app/k0 a new value in test, and make the other changes? [y/N]",
    ]);
  });

  test("what somebody changes while the question stands is not overwritten", async () => {
    const { exit, screen } = await phalanxAtTerminal(
      SYNC,
      [
        [
          /\[y\/N\] /,
          async () => {
            await kv.put("app", { ...VALUES, s: "a colleague's" });
            return "y";
          },
        ],
      ],
      { cwd: tree.root, env },
    );
    expect([exit, screen]).toEqual([2, expect.stringContaining("Changed by somebody else in the meantime")]);
    expect(await present()).toMatchObject({ s: "a colleague's" });
  });

  test("a restore that only brings something back asks, too", async () => {
    await kv.call("DELETE", "secret/data/phalanx/test/app");
    const { exit, screen } = await answering("secrets restore test --kv-version 1 app", "n");
    expect([exit, screen]).toEqual([
      2,
      expect.stringContaining("Restore this in test: 1 to restore as a whole, in 1 Vault secret? [y/N]"),
    ]);
    expect(await answering("secrets restore test --kv-version 1 app", "y")).toMatchObject({ exit: 0 });
    expect(await present()).toEqual(before);
  });

  test("a restore that only brings something back needs --yes where nobody is there", async () => {
    await kv.call("DELETE", "secret/data/phalanx/test/app");
    const command = "secrets restore test --kv-version 1 app";
    const refused = await phalanx(command.split(" "), { cwd: tree.root, env });
    expect([refused.exit, refused.stderr]).toEqual([
      2,
      "Error: This would write to test, but there is no one to ask (no terminal, or CI is set): nothing was written\n" +
        `Hint: To review it first: phalanx ${command} --dry-run\nIf this is what you want: phalanx ${command} --yes\n`,
    ]);
    expect(await phalanx([...command.split(" "), "--yes"], { cwd: tree.root, env })).toMatchObject({ exit: 0 });
    expect(await present()).toEqual(before);
  });

  test("a sync that only creates does not ask", async () => {
    await kv.put("app", VALUES);
    const { exit, screen } = await answering(SYNC, "n");
    expect([exit, screen]).toEqual([0, expect.stringContaining("Updated Vault secret for app s")]);
    expect(screen).not.toContain("[y/N]");
  });

  test.each([" > log", " | cat > log"])("plan and question are seen with%s", async (redirection) => {
    const { exit, screen } = await answering(`secrets rotate test app/k0${redirection}`, "n");
    expect(screen).toContain("Plan for test");
    expect(screen).toContain("Give app/k0 a new value in test? [y/N]");
    // Behind a pipe, the exit status is that of the last command.
    expect(exit).toBe(redirection.includes("|") ? 0 : 2);
    expect(await present()).toEqual(before);
  });

  describe("where standard error is not the terminal, a person cannot be asked", () => {
    const at = (command: string): Promise<Seen> => phalanxAtTerminal(command, [], { cwd: tree.root, env });
    const log = () => readFile(`${tree.root}/log`, "utf8");
    const refusal = (amount: string, place: string, command: string): string =>
      `Error: This would change or delete ${amount} in ${place}, but phalanx cannot ask, because standard error is not a terminal: nothing was written\n` +
      `Hint: To be asked, use "| tee log" without "2>&1". ${place === "test" ? `To review it first: phalanx ${command} --dry-run\n` : ""}If this is what you want: phalanx ${command} --yes\n`;

    test.each(["> log 2>&1", "2>&1 | tee log > out", "2> log"])(
      "nor goes a sync on that changes a value: %s",
      async (to) => {
        const { exit } = await at(`${SYNC} ${to}`);
        expect(exit).toBe(to.includes("|") ? 0 : 2);
        expect(await log()).toBe(refusal("1 value", "test", SYNC));
        expect(await present()).toEqual(before);
        expect(await at(`${SYNC} --yes ${to}`)).toMatchObject({ exit: 0 });
        expect(await present()).toMatchObject({ s: "from the file" });
      },
    );

    test("nor one that deletes; much at once comes with a line that is not refused again", async () => {
      await kv.put("app", { ...before, gone: "x" });
      const command = `${SYNC} --delete`;
      expect(await at(`${command} > log 2>&1`)).toMatchObject({ exit: 2 });
      expect(await log()).toBe(refusal("2 values", "test", command));
      const many = Object.fromEntries(KEYS.map((key) => [`gone-${key}`, "x"]));
      await kv.put("app", { ...before, ...many });
      expect(await at(`${command} > log 2>&1`)).toMatchObject({ exit: 2 });
      const [, line = ""] = /If this is what you want: phalanx (.+)$/m.exec(await log()) ?? [];
      expect(line).toBe(`${command} --yes --allow-mass-change`);
      expect(await present()).toEqual({ ...before, ...many });
      expect(await at(`${line} > log 2>&1`)).toMatchObject({ exit: 0 });
      expect(await present()).toEqual({ ...VALUES, s: "from the file" });
    });

    test("a sync that only creates goes on", async () => {
      await kv.put("app", VALUES);
      expect(await at(`${SYNC} > log 2>&1`)).toMatchObject({ exit: 0 });
      expect(await present()).toMatchObject({ s: "from the file" });
    });

    test("with CI set, nobody is there: a sync goes on, as that of the original", async () => {
      const seen = await phalanxAtTerminal(`${SYNC} > log 2>&1`, [], { cwd: tree.root, env: { ...env, CI: "1" } });
      expect(seen).toMatchObject({ exit: 0 });
      expect(await present()).toMatchObject({ s: "from the file" });
    });

    test("a rotation says so, too, and is not told that nobody is there", async () => {
      const command = "secrets rotate test app/k0";
      expect(await at(`${command} > log 2>&1`)).toMatchObject({ exit: 2 });
      expect(await log()).toBe(refusal("1 value", "test", command));
    });

    test("and so does what would replace a value in a file", async () => {
      const command = "secrets set test app/s --in static.yaml";
      const seen = await phalanxAtTerminal(`${command} > log 2>&1`, [], { cwd: tree.root, env, ahead: "typed\r" });
      expect(seen).toMatchObject({ exit: 2 });
      expect(await log()).toContain(refusal("1 value", "static.yaml", command));
    });

    test("--purge, which always asks, says where it can", async () => {
      expect(await at(`${SYNC} --delete --purge > log 2>&1`)).toMatchObject({ exit: 2 });
      expect(await log()).toBe(
        "Error: --purge has to ask, but cannot, because standard error is not a terminal\n" +
          'Hint: To be asked, use "| tee log" without "2>&1". Or soft-delete instead: leave --purge out.\n',
      );
    });
  });

  test.each<[string, string, number]>([
    ["y", "", 2],
    ["prod", " --yes", 2],
    ["test", "", 0],
    ["test", " --yes", 0],
  ])("much at once is only agreed to by name: %j%s", async (answer, option, exit) => {
    const names = KEYS.map((key) => `app/${key}`).join(" ");
    const seen = await answering(`secrets rotate test ${names}${option}`, answer);
    expect([seen.exit, seen.screen]).toEqual([exit, expect.stringContaining("type the name of the environment: ")]);
    expect(seen.screen).toContain("this changes or deletes 8 of 9 keys");
    if (exit === 2) expect(await present()).toEqual(before);
    else expect(await present()).not.toEqual(before);
  });
});
