import { readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { phalanx, ROOT } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import { HAS_TMUX, openScreen } from "./support/screen.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const APPLICATIONS = {
  gatekeeper: {
    secrets:
      "session-key: {description: x, generate: {type: password}}\n" +
      "database-password: {description: x, copy: {application: postgres, key: gatekeeper-password}}\n" +
      "token: {description: x, generate: {type: gafaelfawr-token}}\n",
  },
  portal: { secrets: "map-tiles-key: {description: x}\n" },
  postgres: { secrets: "gatekeeper-password: {description: x, generate: {type: password}}\n" },
};
const UPDATE = process.env["PHALANX_WRITE_TRANSCRIPTS"] === "1";

describe.skipIf(!HAS_TMUX)("on the screen", () => {
  let vault: TestVault;
  let tree: TestTree;
  let kv: Kv;
  let env: Record<string, string>;
  let hold: (() => Promise<void>) | undefined;

  beforeEach(async () => {
    hold = undefined;
    vault = await startVault({ onRequest: () => hold?.() });
    tree = await makeTree({
      ...environmentFiles(vault.url, APPLICATIONS),
      "static.yaml": "applications: {portal: {map-tiles-key: {value: one}}}\n",
      "other.yaml": "applications: {portal: {map-tiles-key: {value: two}}}\n",
    });
    env = { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state` };
    await phalanx(["secrets", "sync", "test", "--secrets", "static.yaml"], { cwd: tree.root, env });
    kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
    await kv.unset("gatekeeper", "token");
    await kv.set("gatekeeper", "database-password", "stale");
    await kv.put("stranger", { "a-key-of-somebody-else": "1", x: "2" });
  });
  afterEach(() => Promise.all([vault.close(), tree.remove()]));

  const shown = async (command: string, columns: number, extra: Record<string, string> = {}): Promise<string> => {
    const screen = await openScreen(command, { cwd: tree.root, env: { ...env, ...extra }, columns });
    await screen.ended();
    const text = await screen.look(columns === 100);
    await screen.close();
    return text
      .replaceAll(vault.url, "http://127.0.0.1:12345")
      .replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{6}/g, "20261124T070102Z-1a2b3c")
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, "2026-11-24 07:01:02 UTC")
      .replaceAll(/ook \d+\.\d s/g, "ook 0.4 s");
  };

  const compare = async (name: string, command: string): Promise<void> => {
    for (const columns of [40, 80, 120]) {
      const file = `${ROOT}test/screens/${name}-${columns}.txt`;
      const text = await shown(command, columns);
      if (UPDATE) await writeFile(file, text);
      expect(text).toBe(await readFile(file, "utf8"));
      expect(text).not.toContain("\u001b");
    }
  };

  test.each<[string, string]>([
    ["audit", "secrets audit test --secrets other.yaml"],
    ["plan", "secrets plan test --secrets other.yaml --delete"],
    ["history", "secrets history test"],
  ])("%s is grouped, aligned, counted and timed at 40, 80 and 120 columns", async (name, command) => {
    await compare(name, command);
  });

  test("an audit says what has no value, and how to find out why", async () => {
    await kv.put("portal", {});
    await compare("unresolved", "secrets audit test -e postgres --config .");
  });

  test("colours come with symbols, and only where they are wanted", async () => {
    const escape = "\u001b";
    const coloured = await shown("secrets audit test --secrets other.yaml", 100);
    expect(coloured).toContain(`${escape}[32m`);
    for (const extra of [{ NO_COLOR: "1" }, { TERM: "dumb" }, { FORCE_COLOR: "0" }]) {
      const plain = await shown("secrets audit test --secrets other.yaml", 100, extra);
      expect(plain).not.toContain(escape);
      expect(plain).toContain("+ token");
    }
  });

  test("what takes long says so meanwhile, and is gone afterwards", async () => {
    let release = (): void => {};
    const released = new Promise<void>((done) => (release = done));
    hold = () => released;
    const screen = await openScreen("secrets audit test --secrets static.yaml", { cwd: tree.root, env, columns: 80 });
    expect(await screen.until(/Vault at/)).toMatch(/^[|/\\-] Vault at http:\S+: 0 requests\n$/);
    release();
    await screen.ended();
    expect(await screen.look()).not.toContain("requests");
    await screen.close();
  });
});
