import { restartsFor } from "../manifests/restarts.js";
import type { AppliedRestart } from "../model/impact.js";
import type { ApplicationPlan } from "../model/plan.js";
import { heldAfter, removedThoughRequired, sourcesFirst } from "../secrets/impact.js";
import type { Context } from "../terminal/context.js";
import { type ChartsOf, findWhoUses } from "./consumers.js";

/** What holds old values after the write. A failure to find out is reported, but does not end the command. */
export async function findRestarts(
  context: Context,
  charts: ChartsOf,
  planned: readonly ApplicationPlan[],
): Promise<AppliedRestart[]> {
  const refs = heldAfter(planned, charts.environment);
  if (refs.length === 0) return [];
  const applications = sourcesFirst(refs, charts.environment);
  try {
    const removed = removedThoughRequired(planned, charts.environment);
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
