import { withVault } from "../access/session.js";
import { PhalanxError } from "../errors.js";
import { isName } from "../model/names.js";
import { nearest } from "../model/nearest.js";
import type { UnknownSecret } from "../model/plan.js";
import { refId, splitName } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { findUnknown } from "../secrets/unknown.js";
import type { Context } from "../terminal/context.js";
import { listIfAllowed } from "../vault/list-applications.js";
import { readApplications } from "../vault/read-state.js";
import type { Loaded } from "./load.js";
import { type HeldNames, isKnownName } from "./selection.js";

/**
 * Which of the names that were given only Vault knows. It is asked only where the environment does not know them all; where
 * it cannot be, none is held, and what is said of the names is what the configuration says.
 */
export async function heldNames(
  context: Context,
  loaded: Loaded,
  staticSecrets: StaticSecrets | undefined,
  names: readonly string[] = [],
): Promise<HeldNames> {
  const strange = names.filter((name) => !isKnownName(loaded.environment, name));
  const applications = new Set(strange.map((name) => splitName(name)[0]).filter(isName));
  if (applications.size === 0) return { names: new Set() };
  const unknown = await unknownOf(context, loaded, staticSecrets, applications).catch((error: unknown) => {
    if (error instanceof PhalanxError) return [];
    throw error;
  });
  const held = new Set(unknown.flatMap((ref) => [ref.application, refId(ref)]));
  return { names: new Set(strange.filter((name) => held.has(name))), similar: [...held] };
}

/**
 * What Vault holds below applications, or below those that a slip in their names may mean. With a connection of its own:
 * what comes later says what there is to say of it.
 */
async function unknownOf(
  context: Context,
  loaded: Loaded,
  staticSecrets: StaticSecrets | undefined,
  applications: ReadonlySet<string>,
): Promise<UnknownSecret[]> {
  const { environment, declares } = loaded;
  const quiet = { ...context, report: () => undefined };
  const current = await withVault(quiet, { ...loaded, connection: undefined }, staticSecrets, async (session) => {
    const listed = (await listIfAllowed(session, environment.vault)) ?? [];
    const meant = [...applications].flatMap((name) => nearest(name, listed) ?? name);
    return readApplications(session, environment.vault, new Set([...applications, ...meant]));
  });
  return findUnknown({ environment, current, staticSecrets, exclude: new Set(), declares });
}
