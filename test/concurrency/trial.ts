import { setTimeout as after } from "node:timers/promises";
import type { Fate, ProxiedRequest } from "../support/proxy.js";
import type { Finished } from "../support/cli.js";
import type { Carried, Stage } from "../faults/stage.js";
import { readState, type VaultState } from "../faults/state.js";
import type { ConcurrentRun } from "./runs.js";

const PREFIX = "secret/phalanx/test";
const LATENCY = 8;

/** A run, how it ended, and the token by which its requests are known. */
export interface FinishedConcurrently {
  readonly run: ConcurrentRun;
  readonly token: string;
  readonly finished: Finished;
  readonly env: Record<string, string>;
}

/** Several runs at once against one environment. */
export interface ConcurrentTrial {
  readonly before: VaultState;
  readonly after: VaultState;
  readonly runs: readonly FinishedConcurrently[];
  /** All that Vault did, in its order. */
  readonly carried: readonly Carried[];
}

/** What an environment is like before: populated, and with a history that is long enough for everything to come. */
export async function populate(stage: Stage): Promise<readonly ProxiedRequest[]> {
  await stage.begin([]);
  const { exit, stderr } = await stage.run(["secrets", "sync", "test", "--secrets", "one.yaml"]);
  if (exit !== 0) throw new Error(stderr);
  const kv = stage.kv(PREFIX);
  const beginning = stage.carried.map(({ request }) => request);
  const { secrets } = await readState(kv, PREFIX);
  const long = [...secrets.keys()].map((name) => ({
    method: "POST",
    path: `secret/metadata/phalanx/test/${name}`,
    body: JSON.stringify({ max_versions: 1000 }),
    token: undefined,
    namespace: undefined,
  }));
  return [...beginning, ...long];
}

/** Starts all of them at the same moment, each with a token of its own, two to a home, and delays every request. */
export async function runAtOnce(
  stage: Stage,
  beginning: readonly ProxiedRequest[],
  runs: readonly ConcurrentRun[],
  random: () => number,
): Promise<ConcurrentTrial> {
  await stage.begin(beginning);
  const kv = stage.kv(PREFIX);
  const before = await readState(kv, PREFIX);
  const tokens = await Promise.all(
    runs.map(async () => {
      const { body } = await kv.call("POST", "auth/token/create", {});
      return (body as { auth: { client_token: string } }).auth.client_token;
    }),
  );
  stage.watch(async (): Promise<Fate> => {
    await after(random() * LATENCY);
    return "pass";
  });
  const finished = await Promise.all(
    runs.map(async (run, i): Promise<FinishedConcurrently> => {
      const token = tokens[i] ?? "";
      const env = stage.env({ VAULT_TOKEN: token });
      Object.assign(env, { XDG_STATE_HOME: `${env["XDG_STATE_HOME"]}/${i >> 1}` });
      return { run, token, env, finished: await stage.run(run.args, { input: run.input, env, sleep: () => after(1) }) };
    }),
  );
  const carried = [...stage.carried];
  stage.watch();
  return { before, after: await readState(kv, PREFIX), runs: finished, carried };
}
