import { PhalanxError } from "../errors.js";
import { type CurrentState, valuesOf } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import { errorOf } from "../problems.js";
import { stringsOf, takesStrings } from "../vault/capabilities.js";
import { located } from "../vault/locate.js";
import type { VaultSession } from "../vault/protocol.js";
import { checkRequirements, requirementsOf } from "./preflight.js";

/**
 * Attempts no write unless the server will accept all of them, as far as can be predicted: the token has the rights,
 * and no request is too large.
 */
export async function requireAcceptance(
  session: VaultSession,
  environment: Environment,
  plan: Plan,
  current: CurrentState,
): Promise<void> {
  await requireCapabilities(session, environment, plan);
  await requireRoom(session, plan, current);
}

async function requireRoom(session: VaultSession, { applications }: Plan, current: CurrentState): Promise<void> {
  const problems: AnyDiagnostic[] = [];
  for (const { application, action, changes } of applications) {
    if (action !== "create" && action !== "update") continue;
    const keys = new Set(valuesOf(current, application).keys());
    for (const { key, action: what } of changes) {
      if (what === "delete") keys.delete(key);
      else keys.add(key);
    }
    if (await takesStrings(session, stringsOf(keys.size))) continue;
    const details = { keys: keys.size, url: session.url };
    problems.push(diagnostic("application-too-large", details, { subject: { application } }));
  }
  const error = errorOf(problems, diagnostic("applications-too-large"));
  if (error) throw error;
}

async function requireCapabilities(session: VaultSession, { name, vault }: Environment, plan: Plan): Promise<void> {
  const results = await checkRequirements(session, requirementsOf(plan, located(session, vault)));
  const denied = results.filter(({ granted }) => !granted);
  if (denied.length === 0) return;
  throw new PhalanxError(diagnostic("capabilities-missing", {}, { subject: { environment: name } }), {
    problems: denied.map(({ path, capability, purpose, application }) =>
      diagnostic("capability-missing", { path, capability, purpose, application }),
    ),
  });
}
