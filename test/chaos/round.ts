import { open, stat } from "node:fs/promises";
import { setTimeout as after } from "node:timers/promises";
import { relations } from "../faults/checks.js";
import { randomFrom } from "../faults/matrix.js";
import type { Cluster } from "../support/cluster.js";
import { type Kv, openKv } from "../support/kv.js";
import { account, attribute, type Written } from "./attribution.js";
import { type ChaosRun, type Evidence, runIdIn, untruths } from "./checker.js";
import type { Client } from "./client.js";
import { type History, latestValues, readHistory } from "./history.js";
import { disturb, heal } from "./nemesis.js";
import { firstOperation, type Memory, nextOperation, OLD, type Operation } from "./operations.js";
import { fromAuditLog, type TrailEntry } from "./trail.js";
import { COPIES } from "./tree.js";
import { undoLies } from "./undo.js";

/** How many operations each operator does in a round. */
const EACH = 6;

export interface Round {
  readonly cluster: Cluster;
  readonly clients: readonly Client[];
  readonly seed: number;
  /** Makes the prefix of its environment. */
  readonly number: number;
  readonly count: (what: string) => void;
}

/** What became of a round. */
export interface Outcome {
  /** What was untrue of all that was said, one line each. */
  readonly wrong: readonly string[];
  /** Everything that was said and done, to be read where something is wrong. */
  readonly story: string;
}

/** Several operators at work in a new environment while the cluster breaks. */
export async function playRound({ cluster, clients, seed, number, count }: Round): Promise<Outcome> {
  const random = randomFrom(seed);
  const prefix = `secret/phalanx/r${number}`;
  await heal(cluster, count);
  const root = await atLeader(cluster, prefix);
  await prepare(root, prefix);
  const start = (await stat(cluster.auditLog)).size;
  let working = true;
  const runs: ChaosRun[] = [];
  const tokens = await makeTokens(root, clients.length * EACH + 12);
  const left = [...tokens];
  const takeToken = (): string => {
    const token = left.pop();
    if (token === undefined) throw new Error("no token left");
    return token;
  };
  const trouble = disturb(
    cluster,
    randomFrom(seed + 1_234_567),
    () => working,
    (fault) => count(`fault: ${fault}`),
  );
  const others = somebodyElse(cluster, prefix, takeToken(), randomFrom(seed + 7_654_321), () => working);
  await Promise.all(
    clients.map(async (client, place) => {
      const own = randomFrom(seed + 1_000_003 * (place + 1));
      let made = 0;
      const memory: Memory = { undo: [], advised: undefined, next: () => 100 * number + 10 * place + made++ };
      await client.begin(prefix);
      for (let i = 0; i < EACH; i++) {
        const operation = i === 0 ? firstOperation(own) : nextOperation(memory, own, prefix);
        const node = cluster.nodes[Math.floor(own() * cluster.nodes.length)];
        const run = await client.run(operation, { url: node?.url ?? "", token: takeToken(), random: own, count });
        runs.push(run);
        remember(memory, run);
        count(`run: ${operation.args[1]}${operation.args.includes("--delete") ? " --delete" : ""}`);
        count(`exit: ${run.finished.exit}`);
      }
    }),
  );
  working = false;
  await Promise.all([trouble, others]);
  await heal(cluster, count);
  // What a frozen node still has in its queue.
  await after(300);
  const evidence = async (): Promise<Evidence> => {
    const kv = await atLeader(cluster, prefix);
    const { body } = await kv.call("GET", "auth/token/accessors?list=true");
    return {
      prefix,
      runs,
      trail: await trailSince(cluster.auditLog, start),
      history: await readHistory(kv, prefix),
      accessors: new Set((body as { data: { keys: string[] } }).data.keys),
    };
  };
  const wrong = untruths(await evidence());
  const [client] = clients;
  if (client === undefined) throw new Error("no clients");
  const calmly = async (operation: Operation): Promise<ChaosRun> => {
    const { url } = await cluster.leader();
    return client.run(operation, { url, token: takeToken(), random, count, calm: true });
  };
  const undoable = runs.filter(({ finished }) => runIdIn(finished) !== undefined);
  for (let i = 0; i < 2 && undoable.length > 0; i++) {
    const [subject] = undoable.splice(Math.floor(random() * undoable.length), 1);
    if (subject === undefined) continue;
    count("undo");
    wrong.push(...(await takeBack(subject, runs, evidence, calmly)));
  }
  wrong.push(...(await finish(calmly, evidence)));
  const again = await atLeader(cluster, prefix);
  for (const token of tokens) await again.call("POST", "auth/token/revoke", { token });
  return {
    wrong: wrong.map((text) => `round ${number}, seed ${seed}: ${text}`),
    story: wrong.length === 0 ? "" : storyOf(await evidence()),
  };
}

function storyOf({ runs, trail, history, prefix }: Evidence): string {
  const said = runs.map(
    ({ args, finished: { exit, stdout, stderr }, disturbed = [] }, number) =>
      `#${number} $ phalanx ${args.join(" ")}  [${exit}]\n${disturbed.map((text) => `   (${text})\n`).join("")}${stdout}${stderr}`,
  );
  const nameOf = (token: string): string => {
    const place = runs.findIndex((run) => run.token === token);
    return place < 0 ? "somebody else" : `#${place}`;
  };
  return `${said.join("")}${account(attribute(trail, history, prefix), history, nameOf).join("\n")}\n`;
}

const atLeader = async (cluster: Cluster, prefix: string): Promise<Kv> =>
  openKv((await cluster.leader()).url, cluster.rootToken, prefix);

async function prepare(root: Kv, prefix: string): Promise<void> {
  for (const old of OLD)
    for (const name of ["x1", "x2"])
      await root.call("POST", `${prefix.replace("/", "/data/")}-${old}/${name}`, { data: { x: `${old} ${name}` } });
}

/** Tokens that are made while the cluster is whole, one for each run. */
async function makeTokens(root: Kv, count: number): Promise<string[]> {
  const made: string[] = [];
  for (let i = 0; i < count; i++) {
    const { body } = await root.call("POST", "auth/token/create", {});
    made.push((body as { auth: { client_token: string } }).auth.client_token);
  }
  return made;
}

function remember(memory: Memory, { finished: { stderr } }: ChaosRun): void {
  const undo = /^To undo this: phalanx (.+)$/m.exec(stderr)?.[1];
  if (undo !== undefined) memory.undo.push(undo.split(" "));
  memory.advised = (/^To continue: phalanx (.+)$/m.exec(stderr) ??
    /continue it with phalanx (.+), or undo/.exec(stderr))?.[1]?.split(" ");
}

/** Another program writes keys of its own, with check-and-set, and does not care whether that succeeds. */
async function somebodyElse(
  cluster: Cluster,
  prefix: string,
  token: string,
  random: () => number,
  goesOn: () => boolean,
): Promise<void> {
  for (let i = 0; goesOn(); i++) {
    await after(500 + random() * 2500);
    const node = cluster.nodes[Math.floor(random() * cluster.nodes.length)];
    const url = `${node?.url}/v1/${prefix.replace("/", "/data/")}/${random() < 0.7 ? "origin" : "other"}`;
    const headers = { "x-vault-token": token };
    const ask = (init: RequestInit): Promise<Response> =>
      fetch(url, { headers, signal: AbortSignal.timeout(1000), ...init });
    try {
      const answer = await ask({});
      if (answer.status !== 200) continue;
      const { data } = (await answer.json()) as { data: { data: object; metadata: { version: number } } };
      const body = { data: { ...data.data, f: `foreign ${i}` }, options: { cas: data.metadata.version } };
      await ask({ method: "POST", body: JSON.stringify(body) });
    } catch {
      // It was only an attempt.
    }
  }
}

async function trailSince(path: string, start: number): Promise<TrailEntry[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read({ buffer: Buffer.alloc(size - start), position: start });
    return fromAuditLog(buffer.toString("utf8"));
  } finally {
    await file.close();
  }
}

async function takeBack(
  subject: ChaosRun,
  runs: readonly ChaosRun[],
  evidence: () => Promise<Evidence>,
  calmly: (operation: Operation) => Promise<ChaosRun>,
): Promise<string[]> {
  const id = runIdIn(subject.finished) ?? "";
  const before = await evidence();
  const written = attribute(before.trail, before.history, before.prefix);
  const undo = ["secrets", "restore", "test", "--run", id, "--allow-mass-change", "--yes"];
  const partial = subject.finished.stderr.includes(`--run ${id} --partial`) ? ["--partial"] : [];
  let undone = await calmly({ args: [...undo, ...partial, "--yes"] });
  if (undone.finished.stderr.includes("Not everything can be restored"))
    undone = await calmly({ args: [...undo, "--partial", "--yes"] });
  const after = await evidence();
  const tokens = new Set(runs.filter(({ finished }) => runIdIn(finished) === id).map(({ token }) => token));
  const isOwn = (write: Written): boolean => tokens.has(write.token) || notedAs(before.history, write) === id;
  const lies = undoLies({
    said: subject.finished,
    isOwn,
    written,
    before: before.history,
    after: after.history,
    undo: undone.finished,
  });
  const more = untruths({ ...after, runs: [undone] }).filter((text) => !text.includes(" is lost"));
  return [
    ...lies.map((text) => `taking back ${subject.args.join(" ")} (${id}): ${text}\n${undone.finished.stderr}`),
    ...more,
  ];
}

/** A run that goes on with another one has its id. */
function notedAs(history: History, { application, version, kind }: Written): string | undefined {
  if (kind !== "put") return undefined;
  const notes = Object.entries(history.get(application)?.customMetadata ?? {}).filter(([key]) =>
    key.startsWith("phalanx.writers"),
  );
  const entries = notes.flatMap(([, text]) => text.split(" ").map((entry) => entry.split("|")));
  return entries.find(([noted]) => Number(noted) === version)?.[1];
}

/** After a sync that nothing disturbs, everything follows its source, and an audit has nothing to say of it. */
async function finish(
  calmly: (operation: Operation) => Promise<ChaosRun>,
  evidence: () => Promise<Evidence>,
): Promise<string[]> {
  const sync = ["secrets", "sync", "test", "--secrets", "one.yaml"];
  let { finished } = await calmly({ args: sync });
  // What was deleted is made anew only where that is asked for.
  const anew = [
    ...new Set([...finished.stderr.matchAll(/--generate-anew (\S+) to a sync/g)].map(([, name = ""]) => name)),
  ];
  if (anew.length > 0)
    ({ finished } = await calmly({ args: [...sync, ...anew.flatMap((name) => ["--generate-anew", name])] }));
  if (finished.exit !== 0) return [`the last sync ends with ${finished.exit}: ${finished.stderr}`];
  const { history } = await evidence();
  const values = ([application, key]: readonly [string, string]): string | undefined =>
    latestValues(history, application)?.[key];
  const stale = COPIES.filter(([copy, source]) => values(copy) !== values(source));
  const secrets = new Map([...history.keys()].map((name) => [name, { values: latestValues(history, name) }]));
  const hashed = (await relations({ secrets })).includes("origin/h is of origin/p");
  return [
    ...stale.map(([copy]) => `after the last sync ${copy.join("/")} is no copy`),
    ...(hashed ? [] : ["after the last sync origin/h is not of origin/p"]),
  ];
}
