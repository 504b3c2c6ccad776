import { describe, expect, test, vi } from "vitest";
import { phalanx } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import { type Fate, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree } from "./support/tree.js";

/**
 * The nodes of a Raft cluster of three that a developer has, separated by commas, and its root token: what is in the
 * mount `secret` below phalanx/test is thrown away. CONTRIBUTING.md says how to start one.
 */
const NODES = (process.env["PHALANX_TEST_RAFT_NODES"] ?? "").split(",").filter((url) => url !== "");
const TOKEN = process.env["PHALANX_TEST_VAULT_TOKEN"] ?? "";
const PREFIX = "secret/phalanx/test";
const APPLICATIONS = Array.from({ length: 30 }, (_, i) => `app-${i}`);
const SECRETS = "p: {description: x, generate: {type: password}}\nq: {description: x, generate: {type: fernet-key}}\n";

/** An election takes seconds. */
const PATIENCE = 60_000;

async function leader(): Promise<string> {
  for (const start = performance.now(); performance.now() < start + PATIENCE; ) {
    for (const node of NODES) {
      // 429 is a standby's answer, 200 the leader's.
      const answer = await fetch(`${node}/v1/sys/health`).catch(() => undefined);
      if (answer?.status === 200) return node;
    }
  }
  throw new Error("the cluster has no leader");
}

async function stepDown(): Promise<void> {
  const answer = await fetch(`${await leader()}/v1/sys/step-down`, {
    method: "PUT",
    headers: { "X-Vault-Token": TOKEN },
  });
  expect(answer.status).toBe(204);
}

describe.skipIf(NODES.length !== 3)("a Raft cluster whose leader steps down in the middle of a sync", () => {
  // At the LIST, among the reads, and among the writes; through the leader and through a standby, which forwards.
  test.each([
    [0, 0],
    [10, 0],
    [33, 0],
    [45, 0],
    [60, 0],
    [33, 1],
    [45, 1],
    [60, 1],
  ])("at request %i, through node %i after the leader", { timeout: 120_000 }, async (at, node) => {
    const index = NODES.indexOf(await leader());
    const entry = NODES[(index + node) % NODES.length] ?? "";
    let count = 0;
    const proxy = await startProxy(entry, async (): Promise<Fate> => {
      if (count++ === at) await stepDown();
      return "pass";
    });
    const tree = await makeTree(
      environmentFiles(proxy.url, Object.fromEntries(APPLICATIONS.map((name) => [name, { secrets: SECRETS }]))),
    );
    const run = (...args: string[]) =>
      phalanx(["secrets", ...args], {
        cwd: tree.root,
        env: { VAULT_TOKEN: TOKEN, XDG_STATE_HOME: `${tree.root}/state` },
      });
    const kv = async (): Promise<Kv> => openKv(await leader(), TOKEN, PREFIX);
    const emptied = await kv();
    for (const name of APPLICATIONS) await emptied.call("DELETE", `secret/metadata/phalanx/test/${name}`);
    const first = await run("sync", "test");
    if (first.exit !== 0) expect(first.stderr).toMatch(/^(Hint|Error): /m);
    const before = await kv();
    const held = new Map(await Promise.all(APPLICATIONS.map(async (name) => [name, await before.get(name)] as const)));
    // What the first run said it wrote is there.
    for (const [, name = ""] of first.stdout.matchAll(/^Created Vault secret for (\S+)$/gm))
      expect(held.get(name)).toBeDefined();
    expect(await run("sync", "test")).toMatchObject({ exit: 0, stderr: expect.not.stringContaining("Error") });
    // A standby of OpenBao answers reads itself, and may be a moment behind.
    await vi.waitFor(async () => expect(await run("audit", "test")).toMatchObject({ exit: 0, stdout: "" }), PATIENCE);
    const after = await kv();
    for (const [name, values] of held) {
      if (values !== undefined) expect(await after.get(name)).toEqual(values);
      expect(await after.version(name)).toBe(1);
    }
    await proxy.close();
    await tree.remove();
  });
});
