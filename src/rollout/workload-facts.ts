import type { ObjectName, Use } from "../model/consumer.js";
import type { Stall } from "../model/rollout.js";
import { usesOfPodSpec } from "../manifests/pod-spec.js";
import { at, nameOf } from "../manifests/hostile.js";
import { podSpecOf } from "../manifests/workload.js";
import { controllerOf, type Owner } from "./pod-facts.js";

/** What a workload says about itself. */
export interface WorkloadFacts {
  readonly object: ObjectName;
  readonly owner: Owner | undefined;
  /** From its template: what its next pods will use. */
  readonly uses: readonly Use[];
  /** How many pods it wants; undefined if it does not say, as for a CronJob. */
  readonly desired: number | undefined;
  /** For a Job: it has ended, and starts nothing more. */
  readonly ended: boolean;
  /** What blocks its rollout, as far as it says. */
  readonly stalls: readonly Stall[];
}

/** Reads a workload of a kind; undefined if it is not one. */
export function workloadFacts(kind: string, group: string, object: unknown): WorkloadFacts | undefined {
  const metadata = at(object, "metadata");
  const [name, namespace] = [nameOf(at(metadata, "name")), nameOf(at(metadata, "namespace"))];
  if (name === undefined || namespace === undefined) return undefined;
  const own = { kind, group, namespace, name };
  const spec = at(object, "spec");
  const status = at(object, "status");
  const desired = desiredPods(kind, spec, status);
  return {
    object: own,
    owner: controllerOf(metadata),
    uses: usesOfPodSpec(podSpecOf(own, object)),
    desired,
    ended: kind === "Job" && at(status, "completionTime") !== undefined,
    stalls: kind === "CronJob" || kind === "Job" ? [] : stallsOf(metadata, spec, status, desired),
  };
}

function desiredPods(kind: string, spec: unknown, status: unknown): number | undefined {
  if (kind === "CronJob" || kind === "Job") return undefined;
  // A DaemonSet says how many nodes it is for.
  if (kind === "DaemonSet") return amount(at(status, "desiredNumberScheduled")) ?? 0;
  return amount(at(spec, "replicas")) ?? 1;
}

function stallsOf(metadata: unknown, spec: unknown, status: unknown, desired: number | undefined): Stall[] {
  const generation = amount(at(metadata, "generation")) ?? 0;
  const observed = amount(at(status, "observedGeneration")) ?? 0;
  const updated = amount(at(status, "updatedReplicas")) ?? amount(at(status, "updatedNumberScheduled")) ?? 0;
  const isBehind = observed >= generation && desired !== undefined && updated < desired;
  return [
    ...(at(spec, "paused") === true ? [{ kind: "paused" } as const] : []),
    ...(at(spec, "updateStrategy", "type") === "OnDelete" ? [{ kind: "on-delete" } as const] : []),
    ...(observed < generation ? [{ kind: "not-observed" } as const] : []),
    ...(isBehind ? [{ kind: "not-updated", updated, desired } as const] : []),
  ];
}

/** A Kubernetes count: a non-negative integer. */
function amount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
