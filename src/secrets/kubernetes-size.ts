import { type CurrentState, valuesOf } from "../model/current-state.js";
import { MAX_KUBERNETES_BYTES } from "../model/kubernetes-secret.js";
import type { Plan } from "../model/plan.js";
import { refId } from "../model/secret.js";
import { bytesOf, type Resolved } from "./resolve.js";

/** A plan, the state it was made against, and the resolution that tells the resulting values. */
export interface Planned {
  readonly plan: Plan;
  readonly current: CurrentState;
  readonly resolved?: Resolved | undefined;
}

/** The applications that exceed Kubernetes' limit once a plan is applied, and their size in bytes. */
export function beyondKubernetes({ plan, current, resolved }: Planned): ReadonlyMap<string, number> {
  const sizes = new Map<string, Map<string, number>>();
  for (const application of current.keys()) {
    const values = [...valuesOf(current, application)];
    sizes.set(application, new Map(values.map(([key, value]) => [key, value.bytes])));
  }
  for (const { application, changes } of plan.applications) {
    const after = sizes.get(application) ?? new Map<string, number>();
    sizes.set(application, after);
    for (const change of changes) {
      const resolution = resolved?.get(refId(change))?.resolution;
      if (change.action === "delete") after.delete(change.key);
      else if (resolution && resolution.kind !== "unresolved") after.set(change.key, bytesOf(resolution));
    }
  }
  const totals = [...sizes].map(([application, keys]): [string, number] => [
    application,
    [...keys.values()].reduce((sum, bytes) => sum + bytes, 0),
  ]);
  return new Map(totals.filter(([, bytes]) => bytes > MAX_KUBERNETES_BYTES));
}
