import type { ObjectName } from "../model/consumer.js";
import { at } from "./hostile.js";

/** The path of the pod spec, by group and kind. */
const POD_SPECS: ReadonlyMap<string, readonly string[]> = new Map([
  ["/Pod", ["spec"]],
  ["/ReplicationController", ["spec", "template", "spec"]],
  ["apps/DaemonSet", ["spec", "template", "spec"]],
  ["apps/Deployment", ["spec", "template", "spec"]],
  ["apps/ReplicaSet", ["spec", "template", "spec"]],
  ["apps/StatefulSet", ["spec", "template", "spec"]],
  ["batch/CronJob", ["spec", "jobTemplate", "spec", "template", "spec"]],
  ["batch/Job", ["spec", "template", "spec"]],
]);

export function isWorkload({ group, kind }: ObjectName): boolean {
  return POD_SPECS.has(`${group}/${kind}`);
}

/** The spec of the pods that a workload creates, or of the pod that it is. */
export function podSpecOf(name: ObjectName, object: unknown): unknown {
  return at(object, ...(POD_SPECS.get(`${name.group}/${name.kind}`) ?? []));
}
