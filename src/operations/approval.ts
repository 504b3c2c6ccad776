import { ServerError } from "../errors.js";
import type { Environment } from "../model/environment.js";
import type { Change, Plan } from "../model/plan.js";
import { compareRefs, refId } from "../model/secret.js";
import { closure } from "../secrets/impact.js";

/**
 * What a plan does, as far as an approval is concerned: a key is written, or it goes. Whoever agrees that a secret is
 * written agrees that its copies are, though none of them needed it at first.
 */
export function effects({ applications }: Plan, environment: Environment): ReadonlySet<string> {
  const written = applications.flatMap(({ changes }) => changes).filter(({ action }) => action !== "delete");
  return new Set([
    ...applications.flatMap(({ application, action, changes }) => [
      ...(changes.length === 0 ? [`${action} ${application}`] : []),
      ...changes.map(effect),
    ]),
    ...[...closure(environment, written)].map((id) => `write ${id}`),
  ]);
}

/** A plan that is made again may hold fewer changes than the approved one, never others. */
export function refuseNewChanges(plan: Plan, approved: ReadonlySet<string>): void {
  const fresh = plan.applications
    .flatMap(({ changes }) => changes)
    .filter((change) => !approved.has(effect(change)))
    .sort(compareRefs);
  if (fresh.length === 0) return;
  throw new ServerError(
    `Vault changed during the run, so that more would have to change than was planned: ${fresh.map(refId).join(", ")}`,
    {
      hint: "Look at it with an audit or a plan, then run again.",
    },
  );
}

function effect(change: Change): string {
  return `${change.action === "delete" ? "delete" : "write"} ${refId(change)}`;
}
