import { PhalanxError, toDiagnostic } from "../errors.js";
import type { Problem } from "../model/problem.js";
import { type CurrentState, valuesOf } from "../model/current-state.js";
import type { Environment } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import { commandLine } from "../model/shell.js";
import { errorOf } from "../problems.js";
import { massDeletion } from "../secrets/mass-deletion.js";
import type { VaultSession } from "../vault/protocol.js";
import { stringsOf, takesStrings } from "../vault/request-size.js";
import { checkRequirements, requirementsOf } from "./preflight.js";
import { foreignEnvironments, foreignText } from "./provenance-warnings.js";

/** What looks like a mistake and is meant all the same. */
export interface Allowances {
  /** Delete more than a fifth of all keys. */
  readonly allowMassDelete?: boolean;
  /** Take over a prefix that another environment has written to. */
  readonly adopt?: boolean;
}

/** Stops a plan that is rather a mistake. */
export function guard(environment: Environment, plan: Plan, current: CurrentState, allowed: Allowances): void {
  const foreign = foreignEnvironments(environment, current);
  if (foreign.length > 0 && !allowed.adopt) {
    throw new PhalanxError(foreignText(environment, foreign), {
      hint: "Check vaultPathPrefix. If the environment was renamed, give --adopt.",
    });
  }
  if (allowed.allowMassDelete) return;
  refuseMassDeletion(
    environment,
    plan,
    current,
    "Look at it with phalanx secrets plan. If it is what you want, give --allow-mass-delete.",
  );
}

/** Stops a plan that deletes suspiciously much. */
function refuseMassDeletion({ name }: Environment, plan: Plan, current: CurrentState, hint: string): void {
  const mass = massDeletion(plan, current);
  if (mass)
    throw new PhalanxError(`This would delete ${mass.deleted} of the ${mass.existing} keys of ${name}`, { hint });
}

/**
 * Either the server takes all of the writes, as far as that can be known before, or none is tried: the token is permitted
 * to, and no request is refused for its size.
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
  const problems: Problem[] = [];
  for (const { application, action, changes } of applications) {
    if (action !== "create" && action !== "update") continue;
    const keys = new Set(valuesOf(current, application).keys());
    for (const { key, action: what } of changes) {
      if (what === "delete") keys.delete(key);
      else keys.add(key);
    }
    if (await takesStrings(session, stringsOf(keys.size))) continue;
    problems.push({
      message: `${application} would have ${keys.size} keys, more than Vault at ${session.url} takes in one request`,
      hint: "Split it, or raise max_request_json_strings of the server: OpenBao takes 1,000 names and values by default.",
    });
  }
  const error = errorOf(problems.map(toDiagnostic), "Some applications would have too many keys: nothing was written");
  if (error) throw error;
}

async function requireCapabilities(session: VaultSession, environment: Environment, plan: Plan): Promise<void> {
  const results = await checkRequirements(session, requirementsOf(plan, environment.vault));
  const denied = results.filter(({ granted }) => !granted);
  if (denied.length === 0) return;
  throw new PhalanxError(`The Vault token may not write everything that this run would: nothing was written`, {
    problems: denied.map(({ purpose, capability, path }) => ({
      message: `${purpose}: lacks the capability "${capability}" on ${path}`,
    })),
    hint: `Use the environment's write token; ${commandLine("phalanx", "vault", "preflight", environment.name)} checks it.`,
  });
}
