import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseAddresses, eventually, type NodeProcess, prepareNode, type View } from "./cluster-node.js";

export type ClusterNode = Pick<NodeProcess, "name" | "url">;

export interface ClusterOptions {
  /** Whether every request and response, including values and tokens, goes to {@link Cluster.auditLog}. */
  readonly audit?: boolean;
}

/** Three servers replicating through Raft, with KV version 2 at `secret/`. Every wait has a timeout. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly rootToken: string;
  /** A file of JSON lines, written by all nodes. */
  readonly auditLog: string;
  /** The leading node, once most nodes agree on it. */
  leader(): Promise<ClusterNode>;
  standbys(): Promise<ClusterNode[]>;
  /**
   * Waits until all nodes are up, agree on their leader and have all of its data. An OpenBao leader that was frozen may
   * continue to consider itself the leader; it is then restarted, as an operator would do.
   */
  whole(): Promise<void>;
  kill(node: ClusterNode): Promise<void>;
  /** Restarts a killed node and unseals it. */
  restart(node: ClusterNode): Promise<void>;
  /** Freezes a node: its connections stay open, but nothing responds. */
  stop(node: ClusterNode): Promise<void>;
  continue(node: ClusterNode): void;
  seal(node: ClusterNode): Promise<void>;
  unseal(node: ClusterNode): Promise<void>;
  /** Makes the leader step down. */
  stepDown(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds until a deposed leader notices. */
const BELIEF = 3000;

export async function startCluster(binary: string, { audit = false }: ClusterOptions = {}): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), "phalanx-cluster-"));
  const auditLog = join(directory, "audit.log");
  const addresses = await chooseAddresses(["n1", "n2", "n3"]);
  const nodes = await Promise.all(
    addresses.map((own) => prepareNode(binary, directory, own, addresses, audit ? auditLog : undefined)),
  );
  const close = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const [rootToken, key] = await initialise(nodes);
    return { rootToken, auditLog, close, ...operations(nodes, rootToken, key) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Turns standalone servers into a cluster; returns the root token and the unseal key. */
async function initialise(nodes: readonly NodeProcess[]): Promise<[string, string]> {
  const [first, ...others] = nodes as readonly [NodeProcess, ...NodeProcess[]];
  await first.start();
  const { body } = await first.call("PUT", "sys/init", { body: { secret_shares: 1, secret_threshold: 1 } });
  const { root_token: token, keys } = body as { root_token: string; keys: [string] };
  await unsealNode(first, keys[0]);
  await hasHealth(first, 200);
  // Followers get their vote at once instead of after ten seconds.
  const path = "sys/storage/raft/autopilot/configuration";
  await first.call("POST", path, { token, body: { server_stabilization_time: "1ms" } });
  await first.call("POST", "sys/mounts/secret", { token, body: { type: "kv", options: { version: "2" } } });
  await Promise.all(
    others.map(async (node) => {
      await node.start();
      await unsealNode(node, keys[0]);
    }),
  );
  await eventually("A vote for each node", async () => {
    const answer = await first.call("GET", "sys/storage/raft/configuration", { token });
    const { config } = answer.body["data"] as { config: { servers: readonly { voter: boolean }[] } };
    return config.servers.filter(({ voter }) => voter).length === nodes.length ? true : undefined;
  });
  for (const node of nodes)
    await eventually(`The mount on ${node.name}`, async () =>
      (await node.call("GET", "secret/config", { token })).status === 200 ? true : undefined,
    );
  return [token, keys[0]];
}

function operations(
  nodes: readonly NodeProcess[],
  token: string,
  key: string,
): Omit<Cluster, "rootToken" | "auditLog" | "close"> {
  const own = ({ name }: ClusterNode): NodeProcess => {
    const node = nodes.find((each) => each.name === name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  };
  const look = (): Promise<(View | undefined)[]> => Promise.all(nodes.map((node) => node.view()));
  const leader = (): Promise<NodeProcess> =>
    eventually("The election of a leader", async () => ledBy(nodes, await look()));
  const restart: Cluster["restart"] = async (node) => {
    await own(node).start();
    await unsealNode(own(node), key);
  };
  return {
    nodes,
    leader,
    restart,
    standbys: async () => {
      const states = await Promise.all(nodes.map((node) => node.health()));
      return nodes.filter((_, i) => states[i] === 429);
    },
    whole: async () => {
      const start = performance.now();
      await eventually("A whole cluster", async () => {
        const seen = await look();
        const active = ledBy(nodes, seen);
        const committed = Math.max(...seen.map((view) => view?.raft_committed_index ?? 0));
        const agreed = seen.every((view) => view?.leader_address === active?.url);
        if (active !== undefined && agreed && seen.every((view) => (view?.raft_applied_index ?? 0) >= committed))
          return true;
        const deposed = nodes.find((node, i) => active !== undefined && node !== active && seen[i]?.is_self);
        if (deposed !== undefined && performance.now() > start + BELIEF) {
          await deposed.kill();
          await restart(deposed);
        }
        throw new Error(JSON.stringify(seen));
      });
    },
    kill: (node) => own(node).kill(),
    stop: async (node) => {
      own(node).signal("SIGSTOP");
      await hasHealth(own(node), 0);
    },
    continue: (node) => own(node).signal("SIGCONT"),
    seal: async (node) => {
      await own(node).call("PUT", "sys/seal", { token });
      await hasHealth(own(node), 503);
    },
    unseal: (node) => unsealNode(own(node), key),
    stepDown: async () => void (await (await leader()).call("PUT", "sys/step-down", { token })),
  };
}

/** A leader that was frozen considers itself the leader for a while: others have to agree. */
function ledBy(nodes: readonly NodeProcess[], seen: readonly (View | undefined)[]): NodeProcess | undefined {
  return nodes.find(
    ({ url }, i) =>
      seen[i]?.is_self === true && 2 * seen.filter((view) => view?.leader_address === url).length > nodes.length,
  );
}

/** Refused until a new node has found the others. */
async function unsealNode(node: NodeProcess, key: string): Promise<void> {
  await eventually(`Unsealing ${node.name}`, async () => {
    const { body } = await node.call("PUT", "sys/unseal", { body: { key } });
    if (body["sealed"] !== false) throw new Error(JSON.stringify(body));
    return true;
  });
}

async function hasHealth(node: NodeProcess, wanted: number): Promise<void> {
  await eventually(`Health ${wanted} of ${node.name}`, async () =>
    (await node.health()) === wanted ? true : undefined,
  );
}
