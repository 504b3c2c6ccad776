import { withVault } from "../access/session.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { errorOf } from "../problems.js";
import { isName } from "../model/names.js";
import { nearest } from "../model/nearest.js";
import type { UnknownSecret } from "../model/plan.js";
import { refId, splitName } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { findUnknown } from "../secrets/unknown.js";
import type { Context } from "../terminal/context.js";
import { listIfAllowed } from "../vault/list-applications.js";
import type { VaultSession } from "../vault/protocol.js";
import { readApplications } from "../vault/read-state.js";
import type { Loaded } from "./load.js";
import { type HeldNames, isKnownName, isRequiredName } from "./selection.js";

/**
 * Which of the given names only Vault knows. Queries Vault only if the environment does not know them all; if that
 * fails, no name counts as held, the configuration alone decides, and `notAsked` says why.
 */
export async function heldNames(
  context: Context,
  loaded: Loaded,
  staticSecrets: StaticSecrets | undefined,
  names: readonly string[] = [],
): Promise<HeldNames> {
  const strange = names.filter((name) => !isRequiredName(loaded.environment, name));
  const applications = new Set(strange.map((name) => splitName(name)[0]).filter(isName));
  if (applications.size === 0) return { names: new Set() };
  const unknown = await unknownOf(context, loaded, staticSecrets, applications).catch((error: unknown) => {
    if (error instanceof PhalanxError) return error.diagnostic;
    throw error;
  });
  if ("code" in unknown) return { names: new Set(), notAsked: unknown };
  const held = new Set(unknown.flatMap((ref) => [ref.application, refId(ref)]));
  return { names: new Set(strange.filter((name) => held.has(name))), similar: [...held] };
}

/**
 * A slip in `--exclude` would delete what it was to protect, so Vault must know a name that the configuration does not.
 *
 * @throws PhalanxError for every name that neither knows.
 */
export async function refuseUnknownExcluded(
  context: Context,
  loaded: Loaded,
  staticSecrets: StaticSecrets | undefined,
  names: readonly string[],
): Promise<void> {
  const { environment } = loaded;
  const strange = names.filter((name) => !isKnownName(environment, name));
  if (strange.length === 0) return;
  const listed = await askAhead(
    context,
    loaded,
    staticSecrets,
    async (session) => (await listIfAllowed(session, environment.vault))?.applications,
  );
  const problems = strange
    .filter((name) => listed !== undefined && !listed.includes(name))
    .map((name) => {
      const details = { by: "--exclude", name, meant: nearest(name, listed ?? []) };
      return diagnostic("excluded-name-unknown", details, { subject: { environment: environment.name } });
    });
  const error = errorOf(problems, diagnostic("names-unknown", {}, { subject: { environment: environment.name } }));
  if (error) throw error;
}

/** Asks Vault over a separate connection and reports nothing: the run itself reports what there is to report. */
function askAhead<T>(
  context: Context,
  loaded: Loaded,
  staticSecrets: StaticSecrets | undefined,
  ask: (session: VaultSession) => Promise<T>,
): Promise<T> {
  const quiet = { ...context, report: () => undefined };
  return withVault(quiet, { ...loaded, connection: undefined }, staticSecrets, ask);
}

/** What Vault holds below applications, or below those that a slip in their names may mean. */
async function unknownOf(
  context: Context,
  loaded: Loaded,
  staticSecrets: StaticSecrets | undefined,
  applications: ReadonlySet<string>,
): Promise<UnknownSecret[]> {
  const { environment, declares } = loaded;
  const current = await askAhead(context, loaded, staticSecrets, async (session) => {
    const listed = (await listIfAllowed(session, environment.vault))?.applications ?? [];
    const meant = [...applications].flatMap((name) => nearest(name, listed) ?? name);
    return readApplications(session, environment.vault, new Set([...applications, ...meant]));
  });
  return findUnknown({ environment, current, staticSecrets, exclude: new Set(), declares });
}
