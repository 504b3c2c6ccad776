import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { afterwards } from "../faults/aftermath.js";
import { mannerOf, plain, reportOf } from "../faults/checks.js";
import { beginWith, call, must, type Prepared, prepare, type Subject } from "../faults/commands.js";
import { type Ideal, undisturbed } from "../faults/driver.js";
import { randomFrom } from "../faults/matrix.js";
import { openStage, type Stage } from "../faults/stage.js";
import { readState, type VaultState } from "../faults/state.js";
import { type Cluster, type ClusterNode, startCluster } from "../support/cluster.js";
import { openKv } from "../support/kv.js";
import type { Fate, ProxiedRequest } from "../support/proxy.js";
import { SEED } from "../support/size.js";
import { REAL_SERVER } from "../support/vault.js";

const PREFIX = "secret/phalanx/test";
/** Longer than anything takes that is not frozen. */
const PATIENCE = { VAULT_CLIENT_TIMEOUT: "2s" };

/**
 * Runs whose applications follow each other, so that no write is under way while another one is carried out: a standby
 * then refuses what has nobody to carry it out, and says so truly.
 */
const sync = (file: string): string[] => ["secrets", "sync", "test", "--secrets", file];
const populated =
  (prepare: Subject["prepare"]): Subject["prepare"] =>
  async (stage) => {
    await call(stage, "POST", "secret/data/phalanx/test/origin", { data: { foreign: "theirs" } });
    await call(stage, "POST", "secret/data/phalanx/test/stranger", { data: { x: "theirs" } });
    return prepare(stage);
  };
/** What an audit says of those: nothing else is to be said of an environment that is as it should be. */
const FOREIGN = "Unknown secrets in Vault:\n• origin foreign\n• stranger x\n";
const subject = (name: string, prepare: Subject["prepare"], more: Partial<Subject> = {}): Subject => ({
  name,
  prefix: PREFIX,
  servers: ["vault"],
  prepare: populated(prepare),
  ...more,
});
const SUBJECTS = [
  subject("sync", () => Promise.resolve(sync("first.yaml"))),
  subject("rotate", async (stage) => {
    await must(stage, sync("first.yaml"));
    return ["secrets", "rotate", "test", "origin/p", "other/q", "--yes"];
  }),
  subject(
    "set",
    async (stage) => {
      await must(stage, sync("first.yaml"));
      return ["secrets", "set", "test", "origin/s", "--yes"];
    },
    { input: "set by hand" },
  ),
  subject("restore", async (stage) => {
    await must(stage, sync("first.yaml"));
    const said = await must(stage, sync("second.yaml"));
    return ["secrets", "restore", "test", "--run", /--run (\S+)/.exec(said)?.[1] ?? "", "--yes"];
  }),
];

/** What happens to the leader, and how it is itself again. */
interface Event {
  readonly name: string;
  readonly happen: (leader: ClusterNode) => Promise<void>;
  /** When the client waits before another attempt. */
  readonly noticed?: (leader: ClusterNode) => Promise<void>;
  readonly mend: (leader: ClusterNode) => Promise<void>;
}

let cluster: Cluster;
let stage: Stage;
let address: string;
const EVENTS: readonly Event[] = [
  { name: "is killed", happen: (leader) => cluster.kill(leader), mend: (leader) => cluster.restart(leader) },
  {
    name: "freezes until another one leads",
    happen: (leader) => cluster.stop(leader),
    noticed: async (leader) => {
      await cluster.leader();
      cluster.continue(leader);
    },
    mend: (leader) => Promise.resolve(cluster.continue(leader)),
  },
  { name: "is sealed", happen: (leader) => cluster.seal(leader), mend: (leader) => cluster.unseal(leader) },
  { name: "steps down", happen: () => cluster.stepDown(), mend: () => Promise.resolve() },
];

beforeAll(async () => {
  process.stdout.write(`Moments of the seed ${SEED}; again with PHALANX_TEST_SEED=${SEED}\n`);
  cluster = await startCluster(REAL_SERVER ?? "bao");
  stage = await openStage(cluster.rootToken, async () => {
    await cluster.whole();
    address = (await cluster.leader()).url;
    const kv = openKv(address, cluster.rootToken, PREFIX);
    for (const name of (await readState(kv, PREFIX)).secrets.keys())
      await kv.call("DELETE", `secret/metadata/phalanx/test/${name}`);
    return {
      get url() {
        return address;
      },
      close: () => Promise.resolve(),
    };
  });
  await stage.tree.write("first.yaml", "applications: {origin: {s: {value: first}}}\n");
  await stage.tree.write("second.yaml", "applications: {origin: {s: {value: second}}}\n");
}, 120_000);
afterAll(async () => {
  await stage?.close();
  await cluster?.close();
});

const look = (url = address): Promise<VaultState> => readState(openKv(url, cluster.rootToken, PREFIX), PREFIX);
/** Of values: what is noted of them may be left out. */
const isWrite = ({ method, path }: ProxiedRequest): boolean => method === "POST" && path.startsWith("secret/data/");

/** A subject, what it leads to undisturbed, and how often it writes; made once. */
interface Rehearsed {
  readonly prepared: Prepared;
  readonly ideal: Ideal;
  readonly writes: number;
}
const rehearsed = new Map<Subject, Promise<Rehearsed>>();
async function rehearse(subject: Subject): Promise<Rehearsed> {
  const prepared = await prepare(stage, subject);
  const ideal = await undisturbed(stage, prepared);
  return { prepared, ideal, writes: stage.carried.filter(({ request }) => isWrite(request)).length };
}

describe.each(EVENTS.map((event) => [event.name, event] as const))("a leader that %s", (_, event) => {
  describe.each(["the leader", "a standby"])("in the middle of a run through %s", (through) => {
    test.each(SUBJECTS.map((each) => [each.name, each] as const))("%s", { timeout: 120_000 }, async (name, subject) => {
      const run = rehearsed.get(subject) ?? rehearse(subject);
      rehearsed.set(subject, run);
      const { prepared, ideal, writes } = await run;
      await beginWith(stage, prepared);
      await cluster.whole();
      const before = await look();
      const leader = await cluster.leader();
      const trial = EVENTS.indexOf(event) + 4 * SUBJECTS.indexOf(subject) + (through === "the leader" ? 0 : 16);
      // Far from each other, since neighbouring seeds begin alike.
      const random = randomFrom(SEED + 123_456_789 * trial);
      const standbys = await cluster.standbys();
      const entry = through === "the leader" ? leader : standbys[Math.floor(random() * standbys.length)];
      if (entry === undefined) throw new Error("no standby");
      await vi.waitFor(async () => expect(plain(await look(entry.url))).toEqual(plain(before)), 10_000);
      address = entry.url;

      const [at, committed] = [Math.floor(random() * writes), random() < 0.5];
      let [written, state]: [number, "before" | "now" | "over"] = [0, "before"];
      const happen = async (): Promise<void> => {
        state = "now";
        await event.happen(leader);
      };
      stage.watch(async (_, __, request): Promise<Fate> => {
        if (isWrite(request) && written++ === at) {
          if (committed) return { between: happen };
          await happen();
        }
        // A frozen server does not come back to what was asked of it meanwhile.
        return state === "now" && event.noticed !== undefined && entry === leader ? "stall" : "pass";
      });
      const finished = await stage.run(prepared.args, {
        input: subject.input ?? "",
        env: stage.env(PATIENCE),
        sleep: async (milliseconds) => {
          if (state === "now") {
            await event.noticed?.(leader);
            state = "over";
          }
          await after(milliseconds);
        },
      });
      await event.mend(leader);
      await cluster.whole();
      address = (await cluster.leader()).url;
      stage.watch(undefined, true);
      const middle = await look();
      const wrong = [...mannerOf(finished), ...reportOf(finished, before, middle)];
      wrong.push(...(await afterwards(stage, prepared, ideal, { before, finished, undone: false })));
      const audit = await stage.run(["secrets", "audit", "test"]);
      if (audit.stdout !== FOREIGN) wrong.push(`the audit at the end says ${audit.stdout}${audit.stderr}`);
      const moment = `${committed ? "after" : "before"} write ${at} of ${writes}`;
      expect(state).not.toBe("before");
      expect({ name, moment, wrong, said: wrong.length > 0 ? finished : undefined }).toEqual({
        name,
        moment,
        wrong: [],
        said: undefined,
      });
    });
  });
});
