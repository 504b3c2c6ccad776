import { PhalanxError } from "../errors.js";
import { namesPullSecret, PULL_SECRET_REF, whoUses } from "../manifests/who-uses.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Environment, PULL_SECRET, requiredSecrets } from "../model/environment.js";
import { compareRefs, type SecretRef, splitName } from "../model/secret.js";
import type { WhoUses } from "../model/who-uses.js";
import { errorOf } from "../problems.js";
import type { Context } from "../terminal/context.js";
import { notRequired } from "./selection.js";

export interface ChartsOf {
  readonly environment: Environment;
  readonly root: string;
  readonly signal?: AbortSignal;
}

/** Who uses some keys; undefined: all keys of the environment, and the pull secret. */
export async function findWhoUses(
  context: Context,
  { environment, root, signal }: ChartsOf,
  refs?: readonly SecretRef[],
): Promise<WhoUses> {
  const done = context.progress?.(() => "Reading charts");
  try {
    const { findObjects } = await import("../charts/find-objects.js");
    const found = await findObjects({
      root,
      env: context.env,
      environment: environment.name,
      applications: [...environment.applications.keys()],
      only: refs && new Set(refs.map(({ application }) => application)),
      now: context.now(),
      signal,
    });
    const own = refs ?? [...requiredSecrets(environment), PULL_SECRET_REF].sort(compareRefs);
    const uses = whoUses(found, environment, own);
    if (refs !== undefined) return uses;
    // Not every environment has one.
    return {
      ...uses,
      keys: uses.keys.filter(({ application, secrets }) => application !== PULL_SECRET || secrets.length > 0),
    };
  } finally {
    done?.();
  }
}

/**
 * The keys that `APP` or `APP/KEY` arguments name.
 *
 * @throws PhalanxError listing all names unknown to the environment.
 */
export function keysNamed(environment: Environment, names: readonly string[]): SecretRef[] {
  const refs = new Map<string, SecretRef>();
  const unknown: string[] = [];
  for (const name of names) {
    const [application, key] = splitName(name);
    const secrets = environment.applications.get(application)?.secrets;
    const named = namesPullSecret(application, key)
      ? [PULL_SECRET_REF]
      : key === undefined
        ? secrets && [...secrets.values()]
        : secrets?.has(key)
          ? [{ application, key }]
          : undefined;
    if (named === undefined) unknown.push(name);
    for (const ref of named ?? [])
      refs.set(`${ref.application}/${ref.key}`, { application: ref.application, key: ref.key });
  }
  const error = errorOf(
    unknown.map((name) => notRequired(environment, "consumers", name)),
    diagnostic("names-unknown", {}, { subject: { environment: environment.name } }),
    PhalanxError,
  );
  if (error) throw error;
  return [...refs.values()].sort(compareRefs);
}
