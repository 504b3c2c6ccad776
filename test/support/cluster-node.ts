import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { startGuarded } from "./guarded-process.js";
import { ownHost } from "./proxy.js";
import { freePort } from "./real-vault.js";

/** An election takes five seconds; the machine may be under load. */
const PATIENCE = 60_000;
const PAUSE = 25;
/** How long a node may take to report its health before it counts as frozen. */
const GLANCE = 500;

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a node says about the leader. */
export interface View {
  readonly is_self: boolean;
  readonly leader_address: string;
  readonly raft_committed_index: number;
  readonly raft_applied_index: number;
}

/** One server of a cluster, and its process. */
export interface NodeProcess {
  readonly name: string;
  readonly url: string;
  call(method: string, path: string, request?: { body?: unknown; token?: string; timeout?: number }): Promise<Answer>;
  /** 200: a leader; 429: a standby; 501: a server outside a cluster; 503: a sealed one; 0: no response. */
  health(): Promise<number>;
  view(): Promise<View | undefined>;
  /** Starts the process and waits until it responds. */
  start(): Promise<void>;
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

/** Waits for a defined result. Retries after failures: a server rejects requests while it starts. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  let last: unknown;
  for (const start = performance.now(); performance.now() < start + PATIENCE; await after(PAUSE)) {
    const answer = await ask().catch((error: unknown) => void (last = error));
    if (answer !== undefined) return answer;
  }
  throw new Error(`${what} did not happen within ${PATIENCE / 1000} s (${String(last)})`);
}

interface Addresses {
  readonly name: string;
  readonly api: string;
  readonly cluster: string;
}

/** Addresses for nodes of these names that nothing else listens on. */
export function chooseAddresses(names: readonly string[]): Promise<Addresses[]> {
  return Promise.all(
    names.map(async (name) => {
      const host = ownHost();
      const [api, cluster] = host === "127.0.0.1" ? [await freePort(), await freePort()] : [8200, 8201];
      return { name, api: `${host}:${api}`, cluster: `${host}:${cluster}` };
    }),
  );
}

export async function prepareNode(
  binary: string,
  directory: string,
  own: Addresses,
  all: readonly Addresses[],
  auditLog: string | undefined,
): Promise<NodeProcess> {
  const { name } = own;
  const [file, log] = [join(directory, `${name}.hcl`), join(directory, `${name}.log`)];
  await mkdir(join(directory, name));
  await writeFile(file, configuration(directory, own, all, auditLog));
  const url = `http://${own.api}`;
  let child: ChildProcess | undefined;
  const running = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const call: NodeProcess["call"] = async (method, path, { body, token, timeout = PATIENCE } = {}) => {
    const answer = await fetch(`${url}/v1/${path}`, {
      method,
      signal: AbortSignal.timeout(timeout),
      ...(token === undefined ? {} : { headers: { "X-Vault-Token": token } }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === "" ? {} : JSON.parse(text)) as Answer["body"] };
  };
  const glance = (path: string): Promise<Answer | undefined> =>
    call("GET", path, { timeout: GLANCE }).catch(() => undefined);
  return {
    name,
    url,
    call,
    health: async () => (await glance("sys/health"))?.status ?? 0,
    view: async () => {
      const answer = await glance("sys/leader");
      return answer?.status === 200 ? (answer.body as unknown as View) : undefined;
    },
    start: async () => {
      const output = await open(log, "a");
      child = startGuarded(binary, ["server", `-config=${file}`], { home: directory, output: output.fd });
      await output.close();
      await eventually(`The start of ${name}`, async () => {
        if (!running()) throw new Error(await readFile(log, "utf8"));
        return (await glance("sys/health")) && true;
      });
    },
    kill: async () => {
      if (child === undefined || !running()) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
    signal: (signal) => void child?.kill(signal),
  };
}

function configuration(
  directory: string,
  { name, api, cluster }: Addresses,
  all: readonly Addresses[],
  auditLog: string | undefined,
): string {
  const others = all.filter((other) => other.name !== name);
  return [
    "disable_mlock = true",
    `api_addr = "http://${api}"`,
    `cluster_addr = "https://${cluster}"`,
    `listener "tcp" {`,
    `  address = "${api}"`,
    `  cluster_address = "${cluster}"`,
    "  tls_disable = true",
    "}",
    `storage "raft" {`,
    `  path = "${join(directory, name)}"`,
    `  node_id = "${name}"`,
    "  performance_multiplier = 1",
    // A new node gets its vote within a second instead of twenty: without three votes the leader cannot be replaced.
    '  autopilot_reconcile_interval = "200ms"',
    '  autopilot_update_interval = "200ms"',
    ...others.map((other) => `  retry_join { leader_api_addr = "http://${other.api}" }`),
    "}",
    // OpenBao supports audit devices only in its configuration. All nodes append to the same file.
    ...(auditLog === undefined
      ? []
      : [`audit "file" "trail" {`, `  options = { file_path = "${auditLog}", log_raw = "true" }`, "}"]),
    "",
  ].join("\n");
}
