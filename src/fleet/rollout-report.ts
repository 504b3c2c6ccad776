import { compareCodePoints } from "../model/code-points.js";
import type {
  FleetRollout,
  FleetWorkload,
  RolloutApplication,
  Waiting,
  WorkloadCounts,
} from "../model/fleet-rollout.js";
import { isBehind } from "../model/fleet-rollout.js";
import { groupBy } from "../model/group.js";
import type { HeldBy, Holding, KeyChange } from "../model/rollout.js";
import type { RolloutAnswer } from "../model/rollout-answer.js";

type Secret = RolloutAnswer["secrets"][number];
type Delivery = Secret["deliveries"][number];
type Workload = Delivery["workloads"][number];

/**
 * The fleet report's part about a look at a cluster.
 *
 * @param reasonText Why a workload holds what it holds, in words.
 */
export function rolloutReport(answer: RolloutAnswer, reasonText: (held: HeldBy) => string): FleetRollout {
  const { secrets, unseen, at, settled } = answer;
  const groups = groupBy(secrets, ({ application }) => application);
  const applications = [...groups]
    .map(([name, own]) => applicationReport(name, own, reasonText))
    .sort((a, b) => compareCodePoints(a.name, b.name));
  return {
    checked: at,
    // The applications show what is left to do; the answer's own summary cannot reduce that.
    settled: settled && !applications.some(isBehind),
    workloads: countsOf(workloadsOf(secrets)),
    ...longest(applications.flatMap(({ waiting }) => waiting ?? [])),
    unread: unseen.length,
    applications,
  };
}

function applicationReport(
  name: string,
  secrets: readonly Secret[],
  reasonText: (held: HeldBy) => string,
): RolloutApplication {
  const workloads = workloadsOf(secrets);
  const notCopied = secrets.flatMap(({ deliveries }) =>
    deliveries.filter(isNotCopied).map(({ object, secret }) => `${object.namespace}/${secret}`),
  );
  return {
    name,
    workloads: countsOf(workloads),
    notCopied: [...new Set(notCopied)].sort(compareCodePoints),
    ...longest(secrets.flatMap(waitingIn)),
    behind: [...workloads.values()].flatMap((each) => behind(each, reasonText)).sort(byHolding),
  };
}

const RANK: Readonly<Record<Holding, number>> = { current: 0, "in-doubt": 1, old: 2 };

/** A workload that uses several Secrets is one workload, with the worst of their states. */
function workloadsOf(secrets: readonly Secret[]): ReadonlyMap<string, readonly Workload[]> {
  const all = secrets.flatMap(({ deliveries }) => deliveries.flatMap(({ workloads }) => workloads));
  return groupBy(all, ({ object: { group, kind, namespace, name } }) => JSON.stringify([group, kind, namespace, name]));
}

function worst(found: readonly Workload[]): Holding {
  return found.reduce<Holding>((so, { holding }) => (RANK[holding] > RANK[so] ? holding : so), "current");
}

function countsOf(workloads: ReadonlyMap<string, readonly Workload[]>): WorkloadCounts {
  const holdings = [...workloads.values()].map(worst);
  const number = (wanted: Holding): number => holdings.filter((each) => each === wanted).length;
  return { current: number("current"), inDoubt: number("in-doubt"), old: number("old") };
}

function behind(found: readonly Workload[], reasonText: (held: HeldBy) => string): FleetWorkload[] {
  const holding = worst(found);
  const [first] = found;
  if (first === undefined || holding === "current") return [];
  const { kind, namespace, name } = first.object;
  const reasons = found.flatMap((each) => each.reasons.filter((held) => held.holding !== "current"));
  return [{ kind, namespace, name, holding, detail: [...new Set(reasons.map(reasonText))].join("; ") }];
}

function byHolding(a: FleetWorkload, b: FleetWorkload): number {
  return (
    RANK[b.holding] - RANK[a.holding] ||
    compareCodePoints(`${a.namespace}/${a.kind}/${a.name}`, `${b.namespace}/${b.kind}/${b.name}`)
  );
}

function isNotCopied({ copy }: Delivery): boolean {
  return copy.kind === "differs" || copy.kind === "absent";
}

/**
 * Since when Vault has had a value that a container does not have yet, or that the operator has not copied. A doubtful
 * one may have arrived long ago, and is not waiting.
 */
function waitingIn({ keys, deliveries }: Secret): Waiting[] {
  const changes = keys.flatMap((each) => {
    const time = Date.parse(each.at);
    return Number.isNaN(time) ? [] : [{ ...each, time }];
  });
  const byName = new Map(changes.map((each) => [each.key, each]));
  // A key of the Secret that has another name in Vault has been waiting at least since the newest change.
  const newest = changes.toSorted((a, b) => b.time - a.time)[0];
  const held = deliveries.flatMap(({ copy, workloads }) => [
    ...(copy.kind === "differs" ? copy.keys : []),
    ...workloads.flatMap(({ reasons }) => reasons.flatMap((each) => (each.holding === "old" ? each.keys : []))),
  ]);
  const found = [...new Set(held)].flatMap((key) => byName.get(key) ?? newest ?? []);
  const missing = deliveries.some(({ copy }) => copy.kind === "absent") && newest ? [newest] : [];
  return [...found, ...missing].map(waitingSince);
}

function waitingSince({ time, exact }: Pick<KeyChange, "exact"> & { readonly time: number }): Waiting {
  return { since: new Date(time).toISOString(), exact };
}

function longest(all: readonly Waiting[]): { readonly waiting?: Waiting } {
  const [waiting] = all.toSorted((a, b) => compareCodePoints(a.since, b.since));
  return waiting === undefined ? {} : { waiting };
}
