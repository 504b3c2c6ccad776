import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { phalanxHere } from "../support/cli.js";
import { type Cluster, startCluster } from "../support/cluster.js";
import { openKv } from "../support/kv.js";
import { environmentFiles, makeTree } from "../support/tree.js";
import { REAL_SERVER } from "../support/vault.js";
import { worldsForEach } from "../support/world.js";

/** What a real server refuses because of its size. A test that is marked as failing shows a fault that is not mended yet. */
const open = worldsForEach();
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `app-${i}`);
const GENERATED = "p: {description: x, generate: {type: password}}\n";
const many = (count: number): Record<string, { secrets: string }> =>
  Object.fromEntries(names(count).map((name) => [name, { secrets: GENERATED }]));

describe("more than 1,000 strings in one request", () => {
  test("do not keep a preflight of 300 applications from asking (finding 6)", { timeout: 120_000 }, async () => {
    const world = await open(many(300));
    expect(await world.run(["vault", "preflight", "test"])).toMatchObject({ exit: 0, stderr: "" });
  });

  test("do not keep a sync from writing 1,010 applications (finding 6)", { timeout: 300_000 }, async () => {
    const world = await open(many(1010));
    expect(await world.run(["secrets", "sync", "test"])).toMatchObject({ exit: 0 });
    const { body } = await world.kv.call("GET", "secret/metadata/phalanx/test/?list=true");
    expect((body as { data: { keys: string[] } }).data.keys).toHaveLength(1010);
  });

  test("are told of where an application has 600 keys, which cannot be written (finding 6)", async () => {
    const keys = Array.from({ length: 600 }, (_, i) => `k${i}: {description: x, generate: {type: password}}\n`);
    const world = await open({ large: { secrets: keys.join("") } });
    const { exit, stderr } = await world.run(["secrets", "sync", "test"]);
    expect({ exit, stderr }).toMatchObject({ exit: 2, stderr: expect.stringContaining("large") });
    // The limit, so that somebody can split the application or raise it.
    expect(stderr).toMatch(/max_request_json_strings|1,?000/);
  });
});

describe("a value that is larger than an entry of Raft", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(REAL_SERVER ?? "bao");
  }, 120_000);
  afterAll(() => cluster?.close());

  test("is too large, and not unknown (finding 9)", { timeout: 60_000 }, async () => {
    const { url } = await cluster.leader();
    const tree = await makeTree(environmentFiles(url, { large: { secrets: "s: {description: x}\n" } }));
    const { exit, stderr } = await phalanxHere(["secrets", "set", "test", "large/s", "--raw", "--yes"], {
      cwd: tree.root,
      env: { VAULT_TOKEN: cluster.rootToken, XDG_STATE_HOME: `${tree.root}/state` },
      input: "x".repeat(2 ** 20 + 1),
      sleep: () => Promise.resolve(),
    });
    await tree.remove();
    expect(await openKv(url, cluster.rootToken, "secret/phalanx/test").version("large")).toBe(0);
    expect({ exit, stderr }).toMatchObject({ exit: 2, stderr: expect.stringContaining("too large") });
  });
});
