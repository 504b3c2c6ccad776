import { type ObjectName, objectId, type Use } from "../model/consumer.js";
import type { PodFacts } from "./pod-facts.js";
import type { WorkloadFacts } from "./workload-facts.js";

export interface RunningWorkload {
  readonly object: ObjectName;
  readonly pods: readonly PodFacts[];
  /** What its next pods use; for a bare pod, or an unknown kind, what the current ones use. */
  readonly uses: readonly Use[];
  readonly facts: WorkloadFacts | undefined;
}

/** Assigns pods to what an operator restarts: through ReplicaSets and Jobs to their owners. */
export function runningWorkloads(pods: readonly PodFacts[], workloads: readonly WorkloadFacts[]): RunningWorkload[] {
  const known = new Map(workloads.map((each) => [objectId(each.object), each]));
  const found = new Map<string, { object: ObjectName; facts: WorkloadFacts | undefined; pods: PodFacts[] }>();
  for (const pod of pods) {
    const object = topOf(pod, known);
    const there = found.get(objectId(object));
    if (there === undefined) found.set(objectId(object), { object, facts: known.get(objectId(object)), pods: [pod] });
    else there.pods.push(pod);
  }
  // A workload without pods still says what its next ones use; an owned ReplicaSet or Job only repeats its owner.
  for (const facts of workloads) {
    const id = objectId(facts.object);
    if (facts.owner === undefined && !facts.ended && !found.has(id))
      found.set(id, { object: facts.object, facts, pods: [] });
  }
  return [...found.values()].map(({ object, facts, pods: own }) => ({
    object,
    facts,
    pods: own,
    uses: facts?.uses ?? own[0]?.uses ?? [],
  }));
}

/** No real chain of owners is longer; a forged one may be circular. */
const LONGEST_CHAIN = 5;

function topOf(pod: PodFacts, known: ReadonlyMap<string, WorkloadFacts>): ObjectName {
  const { namespace } = pod;
  let top: ObjectName = { kind: "Pod", group: "", namespace, name: pod.name };
  let { owner } = pod;
  for (let i = 0; owner !== undefined && i < LONGEST_CHAIN; i++) {
    top = { kind: owner.kind, group: owner.group, namespace, name: owner.name };
    owner = known.get(objectId(top))?.owner;
  }
  return top;
}
