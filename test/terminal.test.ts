import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { phalanx } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import { HAS_SCRIPT, type Answer, phalanxAtTerminal, type Seen } from "./support/terminal.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const FROM_FILE = "static secrets of test: from static.yaml\n";
const COMPARED =
  "static secrets of test: taken from Vault, not compared with another source (no --secrets, nothing in phalanx.yaml, no 1Password)\n";
const APPLICATIONS = {
  app: { secrets: "key: {description: x, generate: {type: fernet-key}}\nstatic: {description: x}\n" },
};

describe.skipIf(!HAS_SCRIPT)("on a terminal", () => {
  let vault: TestVault;
  let tree: TestTree;
  let kv: Kv;
  let env: Record<string, string>;

  beforeAll(async () => {
    vault = await startVault();
    tree = await makeTree({
      ...environmentFiles(vault.url, APPLICATIONS),
      "static.yaml": "applications: {app: {static: {value: old}}}\n",
    });
    kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
    env = {
      PATH: process.env["PATH"] ?? "",
      VAULT_TOKEN: vault.rootToken,
      XDG_STATE_HOME: `${tree.root}/state`,
      TERM: "xterm",
      NO_COLOR: "1",
    };
    await phalanx(["secrets", "sync", "test", "--secrets", "static.yaml"], { cwd: tree.root, env });
  });
  beforeEach(async () => {
    await kv.set("app", "static", "old");
    await kv.call("DELETE", "secret/metadata/phalanx/test/stranger");
  });
  afterAll(() => Promise.all([vault.close(), tree.remove()]));

  /** Runs the program at a terminal and types an answer when it asks something. */
  const atTerminal = async (command: string, answer: Answer, extra: Record<string, string> = {}): Promise<Seen> => {
    const { exit, screen } = await phalanxAtTerminal(
      command,
      [[/\[y\/N\] |Value of [^:]*: $|User name for [^:]*: /, answer]],
      {
        cwd: tree.root,
        env: { ...env, ...extra },
      },
    );
    // A line that says what takes long is erased; other sequences that move the cursor are of readline.
    const left = screen.replaceAll(/[^\n]*\r\u001b\[2K/g, "").replaceAll("\r", "");
    return { exit, screen: left.replaceAll(/\u001b\[\d*[A-Z]/g, "") };
  };

  test.each(["y\r", "y\ry\ry", "yes"])("what was typed before the question answers nothing: %j", async (ahead) => {
    const before = await kv.get("app");
    const options = { cwd: tree.root, env, ahead };
    const { exit, screen } = await phalanxAtTerminal("secrets rotate test app/key", [[/\[y\/N\] /, "n"]], options);
    expect([exit, screen]).toEqual([2, expect.stringContaining("Error: Not confirmed: nothing was written")]);
    expect(await kv.get("app")).toEqual(before);
  });

  test("rotate shows the plan and does nothing unless it is confirmed", async () => {
    const before = await kv.get("app");
    const refused = await atTerminal("secrets rotate test app/key", "n");
    expect(refused.exit).toBe(2);
    expect(refused.screen).toContain("Plan for test");
    expect(refused.screen).toMatch(/a\s+restart\s+does\s+not\s+fix\s+that/);
    expect(refused.screen).toContain("Error: Not confirmed: nothing was written");
    expect(await kv.get("app")).toEqual(before);

    const confirmed = await atTerminal("secrets rotate test app/key", "y");
    expect(confirmed).toMatchObject({ exit: 0, screen: expect.stringContaining("Updated Vault secret for app key") });
    expect((await kv.get("app"))?.["key"]).not.toBe(before?.["key"]);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "--yes",
      {},
      `${FROM_FILE}Nothing to do: nothing that test requires is missing or differs from its source.\n  Generated values are checked only by an audit with --verify.\n`,
    ],
    ["", { CI: "true" }, FROM_FILE],
  ])("nothing is asked with %j and %j", async (option, extra, said) => {
    const { exit, screen } = await atTerminal(`secrets sync test --secrets static.yaml --delete ${option}`, "", extra);
    expect({ exit, screen }).toEqual({ exit: 0, screen: said });
  });

  test.each<[command: string, said: string, source?: string]>([
    ["lint", "Clean: nothing to correct in test.\n"],
    ["graph test", "No secret of test comes from another one. To show every secret, add --all.\n"],
    [
      "secrets sync test",
      "Nothing to do: nothing that test requires is missing or differs from its source. 1 static secret was not compared: no source has a value for it. Generated values are checked only by an audit with --verify.\n",
      COMPARED,
    ],
    [
      "secrets sync test -e app",
      "Nothing to do: nothing that test requires is missing or differs from its source (app excluded). Generated values are checked only by an audit with --verify.\n",
      COMPARED,
    ],
    ["secrets set test app/static --yes", "Nothing to do: Vault already holds what this would write.\n"],
  ])("%s says that there is nothing to say, and redirected it says nothing", async (command, said, source = "") => {
    const { exit, screen } = await atTerminal(command, "old");
    // A line that is too long for the screen goes on below.
    expect([exit, screen.replace(/^Value of .*\n/, "").replaceAll("\n  ", " ")]).toEqual([0, source + said]);
    const options = { cwd: tree.root, env, input: "old" };
    expect(await phalanx(command.split(" "), options)).toMatchObject({ exit: 0, stdout: "", stderr: source });
  });

  describe.each<[string, Answer]>([
    ["Ctrl-C", "\u0003"],
    ["SIGTERM", { signal: "TERM" }],
  ])("%s at a question", (_, answer) => {
    test.each(["secrets rotate test app/key", "secrets set test app/static", "secrets set test pull-secret ghcr.io"])(
      "of %s ends it on a line of its own, and nothing is written",
      async (command) => {
        const before = await kv.get("app");
        const { exit, screen } = await atTerminal(command, answer);
        expect(exit).toBe(2);
        expect(screen).toMatch(
          /(\[y\/N\]|: ) *\nError: Interrupted: nothing was written\nHint: Run it again when you are ready\.\n$/,
        );
        expect(await kv.get("app")).toEqual(before);
      },
    );
  });

  test("Ctrl-D at a question answers no, on a line of its own", async () => {
    const { exit, screen } = await atTerminal("secrets rotate test app/key", "\u0004");
    expect([exit, screen]).toEqual([
      2,
      expect.stringMatching(/\[y\/N\] \nError: Not confirmed: nothing was written\n/),
    ]);
  });

  test("set asks for a value without showing it", async () => {
    const { exit, screen } = await atTerminal("secrets set test app/static --yes", "typed-hunter2");
    expect(exit).toBe(0);
    expect(screen).not.toContain("typed-hunter2");
    expect((await kv.get("app"))?.["static"]).toBe("typed-hunter2");
  });

  test.each([
    [
      "several lines",
      "typed-hunter2\rsecond-line",
      "Several lines were pasted, but only one is expected: nothing was written",
    ],
    ["a line of nothing and another", "\rsecond-line", "Several lines were pasted, but only one is expected"],
    ["bytes of Latin-1", Buffer.from("p\xe4ssword", "latin1"), "The input is not UTF-8: nothing was written"],
  ])("set takes no part of %s for the value", async (_, answer, said) => {
    const { exit, screen } = await atTerminal("secrets set test app/static --yes", answer);
    expect({ exit, screen }).toEqual({ exit: 2, screen: expect.stringContaining(`Error: ${said}`) });
    expect(screen).toMatch(/phalanx secrets set test app\/static --yes < FILE|for example with\s+base64/);
    expect(screen).not.toMatch(/hunter2|second-line|ssword/);
    expect((await kv.get("app"))?.["static"]).toBe("old");
  });

  test("set takes what is pasted and ends in a line's end", async () => {
    const { exit } = await atTerminal("secrets set test app/static --yes", "g\u00fcnther\u{1f600}\r\n");
    expect([exit, (await kv.get("app"))?.["static"]]).toEqual([0, "g\u00fcnther\u{1f600}"]);
  });

  test("an audit says why each key is unknown", async () => {
    await kv.put("stranger", { x: "1" });
    const { exit, screen } = await atTerminal("secrets audit test", "");
    expect(exit).toBe(1);
    expect(screen).toContain("stranger\n  ? x  no secrets.yaml declares it; no other source is known\n");
    expect(screen).toContain("\n  phalanx secrets plan test --delete\n");
  });

  test("--purge always asks, and destroys what it names", async () => {
    await kv.put("stranger", { x: "1" });
    const { exit, screen } = await atTerminal("secrets sync test --delete --purge --yes", "yes");
    expect({ exit, screen }).toMatchObject({
      exit: 0,
      screen: expect.stringContaining("ALL versions will be destroyed"),
    });
    expect(await kv.version("stranger")).toBe(0);
  });
});
