import { readFile } from "node:fs/promises";
import { setTimeout as after } from "node:timers/promises";
import { type Finished, phalanxHere, type RunOptions } from "../support/cli.js";
import { type Kv, openKv } from "../support/kv.js";
import { type Fate, type ProxiedRequest, startProxy } from "../support/proxy.js";
import { makeTree, type TestTree } from "../support/tree.js";
import { startVault } from "../support/vault.js";
import type { ChaosRun, Evidence } from "./checker.js";
import { readHistory } from "./history.js";
import { fromExchange, type TrailEntry } from "./trail.js";
import { chaosTree } from "./tree.js";

const PREFIX = "secret/phalanx/test";

/** One server whose every change is seen, and a place before it where a lie can be planted. */
export interface Arena {
  readonly tree: TestTree;
  /** As another program, unseen. */
  readonly kv: Kv;
  /** Where a request arrives that the program has not sent; it is seen like its own. */
  readonly url: string;
  readonly trail: readonly TrailEntry[];
  readonly runs: ChaosRun[];
  intercept(decide: (request: ProxiedRequest) => Fate | Promise<Fate>): void;
  /** Runs the program with a token of its own. What it said is changed before anybody sees it. */
  run(args: readonly string[], options?: RunOptions, change?: (said: Finished) => Finished): Promise<ChaosRun>;
  evidence(): Promise<Evidence>;
  close(): Promise<void>;
}

export async function openArena(values: readonly string[]): Promise<Arena> {
  const vault = await startVault();
  const trail: TrailEntry[] = [];
  const seen = await startProxy(vault.url, () => "pass", {
    observe: (request, answer) => void trail.push(...fromExchange(request, answer)),
  });
  let decide: (request: ProxiedRequest) => Fate | Promise<Fate> = () => "pass";
  const front = await startProxy(seen.url, (request) => decide(request));
  const tree = await makeTree(chaosTree(front.url, PREFIX, values));
  const kv = openKv(vault.url, vault.rootToken, PREFIX);
  const runs: ChaosRun[] = [];
  return {
    tree,
    kv,
    url: seen.url,
    trail,
    runs,
    intercept: (next) => (decide = next),
    run: async (args, options = {}, change = (said) => said) => {
      const { body } = await kv.call("POST", "auth/token/create", {});
      const token = (body as { auth: { client_token: string } }).auth.client_token;
      const env = { VAULT_TOKEN: token, HOME: tree.root, XDG_STATE_HOME: `${tree.root}/state` };
      const sleep = (): Promise<void> => after(1);
      const finished = change(await phalanxHere(args, { cwd: tree.root, env, sleep, ...options }));
      const output = args[args.indexOf("-o") + 1] ?? "";
      const file = args.includes("-o")
        ? await readFile(`${tree.root}/${output}`, "utf8").catch(() => undefined)
        : undefined;
      const run = { kind: args[1] ?? "", args, token, finished, file };
      runs.push(run);
      return run;
    },
    evidence: async () => {
      const { body } = await kv.call("GET", "auth/token/accessors?list=true");
      const accessors = new Set((body as { data: { keys: string[] } }).data.keys);
      return { prefix: PREFIX, runs, trail, history: await readHistory(kv, PREFIX), accessors };
    },
    close: async () => {
      await Promise.all([front.close(), seen.close(), vault.close()]);
      await tree.remove();
    },
  };
}
