import { restartsFor } from "../manifests/restarts.js";
import type { AppliedRestart } from "../model/impact.js";
import type { ApplicationPlan } from "../model/plan.js";
import { compareRefs, refId, type SecretRef } from "../model/secret.js";
import { heldAfter, removedKeys, sourcesFirst } from "../secrets/impact.js";
import type { Context } from "../terminal/context.js";
import { type ChartsOf, findWhoUses } from "./consumers.js";

/**
 * What holds old values after the write. A failure to find out is reported, but does not end the command.
 *
 * @param earlier What the interrupted runs that it continues were to change.
 */
export async function findRestarts(
  context: Context,
  charts: ChartsOf,
  planned: readonly ApplicationPlan[],
  earlier: readonly SecretRef[] = [],
): Promise<AppliedRestart[]> {
  const held = [...heldAfter(planned, charts.environment), ...earlier];
  const refs = [...new Map(held.map((ref) => [refId(ref), ref])).values()].sort(compareRefs);
  if (refs.length === 0) return [];
  const applications = sourcesFirst(refs, charts.environment);
  try {
    const removed = removedKeys(planned, charts.environment, earlier);
    return restartsFor(await findWhoUses(context, charts, refs), applications, removed);
  } catch (error) {
    const message = (error as Error).message;
    return applications.map((application, i) => ({
      application,
      namespace: null,
      secret: null,
      by: null,
      steps: [],
      unknown: i === 0 ? [{ kind: "not-looked", message }] : [],
    }));
  }
}
