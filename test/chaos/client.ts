import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { setTimeout as after } from "node:timers/promises";
import { asksOnly, type Deceiver, openDeceiver } from "../faults/deceiver.js";
import { LIES } from "../faults/kinds.js";
import { BIN, type Finished, phalanxHere } from "../support/cli.js";
import { type Proxy, startProxy } from "../support/proxy.js";
import { makeTree, type TestTree } from "../support/tree.js";
import type { ChaosRun } from "./checker.js";
import type { Operation } from "./operations.js";
import { STATIC } from "./operations.js";
import { chaosTree } from "./tree.js";

const CHEAP_HASHES = fileURLToPath(new URL("../faults/cheap-hashes.cjs", import.meta.url));
const SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"] as const;

/** How one run is made. */
export interface Manner {
  /** The node that it goes through. */
  readonly url: string;
  readonly token: string;
  readonly random: () => number;
  readonly count: (what: string) => void;
  /** Whether nothing disturbs it. */
  readonly calm?: boolean;
}

/** An operator with a checkout, and a way to the cluster that may lie. */
export interface Client {
  readonly tree: TestTree;
  begin(prefix: string): Promise<void>;
  run(operation: Operation, manner: Manner): Promise<ChaosRun>;
  close(): Promise<void>;
}

export async function openClient(): Promise<Client> {
  let [url, lying, random]: [string, boolean, () => number] = ["", false, Math.random];
  let count: (what: string) => void = () => {};
  let disturbed: string[] = [];
  let deceiver: Deceiver = openDeceiver(() => url);
  const proxy: Proxy = await startProxy(
    () => url,
    (request) => {
      const lie = lying && !asksOnly(request) && random() < 0.3 ? LIES[Math.floor(random() * LIES.length)] : undefined;
      if (lie !== undefined) {
        count(`lie: ${lie.name}`);
        disturbed.push(`${lie.name}: ${request.method} ${request.path}`);
      }
      return deceiver.decide(request, lie);
    },
  );
  const tree = await makeTree(chaosTree(proxy.url, "secret/phalanx/none", STATIC));
  let state = "";
  return {
    tree,
    begin: async (prefix) => {
      state = `${tree.root}/state-${prefix.replaceAll("/", "-")}`;
      for (const [path, text] of Object.entries(chaosTree(proxy.url, prefix, STATIC))) await tree.write(path, text);
    },
    run: async (operation, manner) => {
      ({ url, random, count } = manner);
      const { calm = false } = manner;
      disturbed = [`through ${url}`];
      lying = !calm && random() < 0.4;
      const own = openDeceiver(() => manner.url);
      deceiver = own;
      const { args, input = "" } = operation;
      const env = {
        VAULT_TOKEN: manner.token,
        VAULT_CLIENT_TIMEOUT: calm ? "10s" : "1s",
        HOME: tree.root,
        XDG_STATE_HOME: state,
      };
      const inProcess = calm || random() < 0.75;
      const options = { cwd: tree.root, env, input };
      const finished = await (inProcess
        ? phalanxHere(args, { ...options, now: () => new Date() })
        : asProcess(args, options, manner));
      await own.deliverAll();
      const output = args.includes("-o") ? args[args.indexOf("-o") + 1] : undefined;
      const file = output && (await readFile(`${tree.root}/${output}`, "utf8").catch(() => undefined));
      return { kind: args[1] ?? "", args, token: manner.token, finished, disturbed, file };
    },
    close: async () => {
      await proxy.close();
      await tree.remove();
    },
  };
}

/** Exit status -1 stands for a process that a signal has ended. */
async function asProcess(
  args: readonly string[],
  { cwd, env, input }: { cwd: string; env: Readonly<Record<string, string>>; input: string },
  { random, count }: Manner,
): Promise<Finished> {
  const child = spawn(process.execPath, ["--require", CHEAP_HASHES, BIN, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], ...env },
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  child.stdin.on("error", () => {}).end(input);
  count("process");
  if (random() < 0.6) {
    const signal = SIGNALS[Math.floor(random() * SIGNALS.length)] ?? "SIGKILL";
    await Promise.race([closed, after(200 + random() * 1500)]);
    if (child.exitCode === null && child.kill(signal)) count(signal);
  }
  const [exit] = await closed;
  return { exit: exit ?? -1, stdout, stderr };
}
