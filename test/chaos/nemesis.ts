import { setTimeout as after } from "node:timers/promises";
import type { Cluster, ClusterNode } from "../support/cluster.js";

/** Milliseconds after which nobody believes any more that nodes will agree by themselves. */
const STUCK = 15_000;

/** What is done to the nodes of a cluster, one after the other, until it has to stop; at most one is down at a time. */
export async function disturb(
  cluster: Cluster,
  random: () => number,
  goesOn: () => boolean,
  count: (fault: string) => void,
): Promise<void> {
  const pause = (most: number): Promise<void> => after(100 + random() * most);
  const anyNode = (): ClusterNode => cluster.nodes[Math.floor(random() * cluster.nodes.length)] as ClusterNode;
  /** After some faults servers agree on no leader any more, and nothing is left to be broken. */
  const leaderOf = async (): Promise<ClusterNode> => {
    const given = await Promise.race([cluster.leader().catch(() => undefined), after(STUCK, undefined)]);
    if (given !== undefined) return given;
    await startAgain(cluster, count);
    return cluster.leader();
  };
  const faults: readonly (() => Promise<void>)[] = [
    async () => {
      const node = anyNode();
      count("kill");
      await cluster.kill(node);
      await pause(3000);
      await cluster.restart(node);
    },
    async () => {
      const leader = await leaderOf();
      count("kill of the leader");
      await cluster.kill(leader);
      await pause(3000);
      await cluster.restart(leader);
    },
    async () => {
      const node = anyNode();
      count("pause");
      await cluster.stop(node);
      await pause(4000);
      cluster.continue(node);
    },
    async () => {
      const leader = await leaderOf();
      count("pause of the leader");
      await cluster.stop(leader);
      await pause(4000);
      cluster.continue(leader);
    },
    async () => {
      const leader = await leaderOf();
      count("seal");
      await cluster.seal(leader);
      await pause(2000);
      await cluster.unseal(leader);
    },
    async () => {
      await leaderOf();
      count("step-down");
      await cluster.stepDown();
    },
  ];
  while (goesOn()) {
    await pause(1500);
    if (!goesOn()) return;
    try {
      await faults[Math.floor(random() * faults.length)]?.();
    } catch {
      // A node that does not even answer a request to seal itself: the fault was another one than was meant.
      count("fault that could not be made");
      await startAgain(cluster, count);
    }
  }
}

/**
 * Waits until a cluster is whole again. Servers that cannot agree on a leader even though nothing disturbs them are started
 * again, as an operator would do.
 */
export async function heal(cluster: Cluster, count: (what: string) => void): Promise<void> {
  const stuck = new AbortController();
  const whole = cluster.whole().then(
    () => true,
    () => false,
  );
  const late = after(STUCK, false, { signal: stuck.signal }).catch(() => false);
  const healed = await Promise.race([whole, late]);
  stuck.abort();
  if (healed) return;
  await startAgain(cluster, count);
}

async function startAgain(cluster: Cluster, count: (what: string) => void): Promise<void> {
  count("no leader, and all nodes started again");
  for (const node of cluster.nodes) await cluster.kill(node);
  await Promise.all(cluster.nodes.map((node) => cluster.restart(node)));
  await cluster.whole();
}
