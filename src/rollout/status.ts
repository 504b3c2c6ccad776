import { compareCodePoints } from "../model/code-points.js";
import type { Delivery, Use } from "../model/consumer.js";
import { groupBy } from "../model/group.js";
import type {
  ClusterCopy,
  DeliveryStatus,
  HeldBy,
  Holding,
  KeyChange,
  SecretStatus,
  VaultCopy,
  WorkloadStatus,
} from "../model/rollout.js";
import type { DataKey } from "./compare.js";
import { type Clocks, type CopyFacts, judge, type Judgement, UNPROVEN } from "./judge.js";
import type { PodFacts } from "./pod-facts.js";
import type { RunningWorkload } from "./workloads.js";

/** What Vault has of one of our secrets. */
export interface VaultFacts {
  readonly application: string;
  readonly copy: VaultCopy;
  /** The keys in question. */
  readonly keys: readonly KeyChange[];
  /** Those that nothing in the cluster copies. */
  readonly uncopiedKeys: readonly string[];
}

/** One Secret in the cluster that is made from it. */
export interface DeliveredSecret extends CopyFacts {
  readonly delivery: Delivery;
  readonly state: "absent" | "present" | "unreadable";
  /** Its keys that derive from the keys in question. */
  readonly keys: readonly DataKey[];
}

/** Follows one secret from Vault to the containers that hold it. */
export function secretStatus(
  { application, copy, keys, uncopiedKeys }: VaultFacts,
  delivered: readonly DeliveredSecret[],
  workloads: readonly RunningWorkload[],
  clocks: Clocks,
): SecretStatus {
  return {
    application,
    vault: copy,
    keys,
    uncopiedKeys,
    deliveries: delivered.map((each) => deliveryStatus(each, workloads, clocks)),
  };
}

function deliveryStatus(
  secret: DeliveredSecret,
  workloads: readonly RunningWorkload[],
  clocks: Clocks,
): DeliveryStatus {
  const { object, secret: name } = secret.delivery;
  const own = workloads.filter((each) => each.object.namespace === object.namespace);
  return {
    object,
    secret: name,
    copy: copyOf(secret),
    workloads: own
      .flatMap((each) => workloadStatus(secret, each, clocks) ?? [])
      .sort((a, b) => RANK[b.holding] - RANK[a.holding] || byName(a, b)),
  };
}

function copyOf({ state, keys, writtenAt }: DeliveredSecret): ClusterCopy {
  if (state !== "present") return { kind: state };
  const named = (wanted: readonly DataKey["copy"][]): string[] =>
    keys.filter(({ copy }) => wanted.includes(copy)).map(({ key }) => key);
  const differing = named(["absent", "differs"]);
  if (differing.length > 0) return { kind: "differs", keys: differing };
  const since = writtenAt === undefined ? undefined : new Date(writtenAt).toISOString();
  const made = named(["not-comparable"]);
  return made.length > 0 ? { kind: "not-comparable", since, keys: made } : { kind: "same", since };
}

const RANK: Readonly<Record<Holding, number>> = { current: 0, "in-doubt": 1, old: 2 };

function byName(a: WorkloadStatus, b: WorkloadStatus): number {
  return compareCodePoints(`${a.object.kind}/${a.object.name}`, `${b.object.kind}/${b.object.name}`);
}

interface Finding extends Judgement {
  readonly key: string;
  readonly pod: string;
}

/** Undefined if it uses none of the keys in question. */
function workloadStatus(
  secret: DeliveredSecret,
  { object, pods, uses, facts }: RunningWorkload,
  clocks: Clocks,
): WorkloadStatus | undefined {
  const concerned = (each: Use): boolean => keysOf(each, secret).length > 0;
  const used = [...new Map([uses, ...pods.map((pod) => pod.uses)].flat().filter(concerned).map(byText)).values()];
  if (used.length === 0) return undefined;
  const findings = pods.flatMap((pod) => podFindings(secret, pod, clocks));
  const found = findings.length > 0 ? findings : withoutPods(secret, used, facts?.desired);
  const reasons = summedUp(found);
  const holding = reasons[0]?.holding ?? "current";
  return {
    object,
    holding,
    pods: pods.length,
    reasons,
    stalls: holding === "current" ? [] : (facts?.stalls ?? []),
    uses: used,
  };
}

function byText(use: Use): [string, Use] {
  return [JSON.stringify(use), use];
}

/** The keys in question of the Secret that one use takes. */
function keysOf(use: Use, { delivery, keys }: DeliveredSecret): readonly DataKey[] {
  if (use.secret !== delivery.secret) return [];
  return use.keys === "all" ? keys : keys.filter(({ key }) => use.keys.includes(key));
}

function podFindings(secret: DeliveredSecret, pod: PodFacts, clocks: Clocks): Finding[] {
  return pod.uses.flatMap((use) => {
    const container = use.container === undefined ? undefined : pod.containers.get(use.container);
    // A container that has exited no longer holds anything.
    if (use.container !== undefined && container === undefined && pod.containers.size > 0) return [];
    return keysOf(use, secret).map((key) => ({
      ...judge(key, secret, pod, container, use, clocks),
      key: key.key,
      pod: pod.uid,
    }));
  });
}

/** If nothing runs, nothing holds an old value; but the next run takes what the Secret holds then. */
function withoutPods(secret: DeliveredSecret, used: readonly Use[], desired: number | undefined): Finding[] {
  const isMissing = desired !== undefined && desired > 0;
  return used
    .flatMap((use) => keysOf(use, secret))
    .map((key) => ({
      ...(isMissing
        ? ({ holding: "in-doubt", reason: { kind: "not-started", waiting: "" } } as const)
        : key.copy === "same"
          ? ({ holding: "current", reason: { kind: "nothing-runs" } } as const)
          : ({ holding: "in-doubt", reason: { kind: UNPROVEN[key.copy] } } as const)),
      key: key.key,
      pod: "",
    }));
}

/** Each reason once, for all pods and keys it applies to; worst first. */
function summedUp(findings: readonly Finding[]): HeldBy[] {
  const groups = groupBy(findings, ({ holding, reason }) =>
    reason.kind === "not-started" ? `${holding} ${reason.kind} ${reason.waiting}` : `${holding} ${reason.kind}`,
  );
  return [...groups.values()]
    .flatMap((group): HeldBy[] => {
      const [first] = group;
      if (first === undefined) return [];
      // Of several with different start times, the one that has held it longest.
      const starts = group.flatMap(({ reason }) => (reason.kind === "started-before-change" ? [reason.startedAt] : []));
      const [startedAt] = starts.toSorted(compareCodePoints);
      return [
        {
          holding: first.holding,
          reason: startedAt === undefined ? first.reason : { kind: "started-before-change", startedAt },
          keys: [...new Set(group.map(({ key }) => key))].sort(compareCodePoints),
          pods: new Set(group.flatMap(({ pod }) => (pod === "" ? [] : [pod]))).size,
        },
      ];
    })
    .sort((a, b) => RANK[b.holding] - RANK[a.holding] || compareCodePoints(a.reason.kind, b.reason.kind));
}
