import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, openClient } from "../chaos/client.js";
import { playRound } from "../chaos/round.js";
import { type Cluster, startCluster } from "../support/cluster.js";
import { openKv } from "../support/kv.js";
import { AMOUNT, SEED } from "../support/size.js";
import { REAL_SERVER } from "../support/vault.js";

/** `npm run chaos` takes an hour, or as many minutes as are given. */
const MINUTES = AMOUNT ?? 2;
const CLIENTS = 4;

let cluster: Cluster;
let clients: Client[];
beforeAll(async () => {
  process.stdout.write(`Chaos of the seed ${SEED}; again with PHALANX_TEST_SEED=${SEED}\n`);
  cluster = await startCluster(REAL_SERVER ?? "bao", { audit: true });
  clients = await Promise.all(Array.from({ length: CLIENTS }, openClient));
  const { url } = await cluster.leader();
  // The history has to hold everything that is done in a round.
  const kv = openKv(url, cluster.rootToken, "secret/phalanx");
  expect((await kv.call("POST", "secret/config", { max_versions: 1000 })).status).toBe(204);
}, 120_000);
afterAll(async () => {
  await Promise.all((clients ?? []).map((client) => client.close()));
  await cluster?.close();
});

test("no run says what is not so, whatever the cluster does", { timeout: (MINUTES + 5) * 60_000 }, async () => {
  const counts = new Map<string, number>();
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const wrong: string[] = [];
  const end = performance.now() + MINUTES * 60_000;
  try {
    for (let number = 1; performance.now() < end; number++) {
      const { wrong: untrue, story } = await playRound({
        cluster,
        clients,
        number,
        count,
        seed: SEED + 104_729 * number,
      });
      count("rounds");
      const runs = [...counts].reduce((sum, [what, times]) => sum + (what.startsWith("run: ") ? times : 0), 0);
      process.stdout.write(
        `Round ${number}: ${runs} runs by now, ${untrue.length === 0 ? "nothing" : "something"} untrue\n`,
      );
      process.stdout.write(story);
      wrong.push(...untrue);
    }
  } finally {
    const lines = [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `${what.padEnd(44)} ${times}\n`);
    process.stdout.write(`${lines.join("")}untrue rounds: ${wrong.length}\n`);
  }
  expect(wrong).toEqual([]);
});
