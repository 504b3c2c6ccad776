import { accessSync, constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { loadEnvironment } from "../src/config/environment.js";
import { diskTree } from "../src/config/disk-tree.js";
import { run, sample, type Work } from "./measure.js";
import type { Stage } from "./stage.js";

/** Other programs that do some of the same work, as they are called on PATH. */
const PEERS = { original: "phalanx", vals: "vals", bao: "bao" } as const;
type Peer = keyof typeof PEERS;

/** What a program of ours does, and how others do it: several commands are run one after the other. */
interface PeerRow {
  readonly name: string;
  readonly ours: Work;
  readonly others: Partial<Record<Peer, readonly Work[]>>;
  /** Brings Vault into the state that all of them start from. */
  readonly before?: Work;
}

export interface PeersOptions {
  readonly stage: Stage;
  readonly environment: string;
  readonly staticFile: string;
  readonly runs: number;
}

/** Measures others beside ours, in turn, in one run. What is not on PATH is left out, and said. */
export async function comparePeers(options: PeersOptions): Promise<void> {
  const found = new Map(Object.entries(PEERS).map(([peer, command]) => [peer as Peer, onPath(command)]));
  for (const [peer, path] of found) {
    if (path === undefined) process.stdout.write(`Left out: ${peer}, since ${PEERS[peer]} is not on PATH.\n`);
  }
  const peers = [...found].flatMap(([peer, path]) => (path === undefined ? [] : [peer]));
  process.stdout.write(`${line("median ms (times as long as ours)", "ours", ...peers)}\n`);
  for (const { name, ours, others, before } of await rowsOf(options, found)) {
    if (before) await run(before);
    const works = new Map<string, readonly Work[]>([
      ["ours", [ours]],
      ...peers.flatMap((peer): [string, readonly Work[]][] => (others[peer] ? [[peer, others[peer]]] : [])),
    ]);
    const times = new Map([...works.keys()].map((each): [string, number[]] => [each, []]));
    // The first time, each finds its files in no cache, and may compile itself.
    for (let i = -1; i < options.runs; i++) {
      for (const [each, parts] of works) {
        let sum = 0;
        for (const part of parts) sum += await run(part);
        if (i >= 0) times.get(each)?.push(sum);
      }
    }
    const medians = new Map([...times].map(([each, measured]) => [each, sample(measured).median]));
    const own = medians.get("ours") ?? Number.NaN;
    const cells = peers.map((peer) => {
      const median = medians.get(peer);
      return median === undefined ? "-" : `${median.toFixed(0)} (${(median / own).toFixed(1)})`;
    });
    process.stdout.write(`${line(name, own.toFixed(0), ...cells)}\n`);
  }
}

async function rowsOf(
  { stage, environment, staticFile }: PeersOptions,
  found: ReadonlyMap<Peer, string | undefined>,
): Promise<PeerRow[]> {
  const { root, vault } = stage;
  const env = { HOME: root, VAULT_TOKEN: vault.rootToken, VAULT_ADDR: vault.url, BAO_ADDR: vault.url, CI: "true" };
  const ours = (...args: string[]): Work => ({ args: ["dist/bin.cjs", ...args], env, exits: [0, 1] });
  const of = (peer: Peer, ...args: string[]): Work => ({
    command: found.get(peer) ?? PEERS[peer],
    args,
    env: { ...env, BAO_TOKEN: vault.rootToken },
    // The audit of the original says with it that something differs.
    exits: peer === "original" ? [0, 1] : [0],
  });
  const both = (name: string, ...args: string[]): PeerRow => ({
    name,
    ours: ours(...args),
    others: { original: [of("original", ...args)] },
  });
  const at = ["--config", root];
  const loaded = loadEnvironment(diskTree(root, root), environment).environment;
  const { mount, path } = loaded.vault;
  const held = [...loaded.applications].filter(([, { secrets }]) => secrets.size > 0);
  const refs = held.map(([application, { secrets }]) => {
    const keys = [...secrets.keys()].map(
      (key) => `  ${JSON.stringify(key)}: ref+vault://${mount}/${path}/${application}#/${key}\n`,
    );
    return `${application}:\n${keys.join("")}`;
  });
  const [nothing, all] = [join(root, "vals-nothing.yaml"), join(root, "vals-all.yaml")];
  await writeFile(nothing, "replicas: 2\n");
  await writeFile(all, refs.join(""));
  const sync = both(
    `sync without changes, ${environment}`,
    "secrets",
    "sync",
    environment,
    ...at,
    "--secrets",
    staticFile,
  );
  return [
    {
      ...both("--help; vals and bao: version", "--help"),
      others: {
        original: [of("original", "--help")],
        vals: [of("vals", "version")],
        bao: [of("bao", "version")],
      },
    },
    {
      name: `secrets list; vals: eval of a file without secrets`,
      ours: ours("secrets", "list", environment, ...at),
      others: {
        original: [of("original", "secrets", "list", environment, ...at)],
        vals: [of("vals", "eval", "-f", nothing)],
      },
    },
    { ...sync, before: sync.ours },
    {
      name: `audit of ${environment}; vals, bao: read ${held.length} secrets`,
      ours: ours("secrets", "audit", environment, ...at, "--secrets", staticFile),
      others: {
        original: [of("original", "secrets", "audit", environment, ...at, "--secrets", staticFile)],
        vals: [of("vals", "eval", "-f", all)],
        bao: held.map(([application]) =>
          of("bao", "kv", "get", "-format=json", `-mount=${mount}`, `${path}/${application}`),
        ),
      },
    },
  ];
}

function onPath(command: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, command))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function line(name: string, ...cells: string[]): string {
  return name.padEnd(52) + cells.map((cell) => cell.padStart(18)).join("");
}
