import type { Environment } from "../model/environment.js";
import type { Obstacle, ValueSource } from "../model/explanation.js";
import type { ApplicationHistory } from "../model/history.js";
import { isProvided, type Secret, type SecretRef, sourcesOf } from "../model/secret.js";
import { foreignReason } from "../secrets/resolve.js";

/**
 * What stops a sync although the configuration is right: of a secret, or of one that its value comes from, Vault holds
 * something that is not a string.
 *
 * @param hops What it derives from.
 * @param histories Of the applications that were read; the others are not known.
 * @param sourceOf Undefined if it is not known where static values come from.
 */
export function foreignObstacle(
  ref: SecretRef,
  hops: readonly SecretRef[],
  environment: Environment,
  histories: ReadonlyMap<string, ApplicationHistory>,
  sourceOf: ((ref: SecretRef) => ValueSource) | undefined,
): Obstacle | undefined {
  const find = ({ application, key }: SecretRef): Secret | undefined =>
    environment.applications.get(application)?.secrets.get(key);
  const own = find(ref);
  for (const { application, key } of [ref, ...hops, ...(own ? sourcesOf(own) : [])]) {
    const secret = find({ application, key });
    const history = histories.get(application);
    if (secret === undefined || history === undefined || mayBeSourced(secret, sourceOf)) continue;
    const reason = foreignReason(secret, history.versions.at(-1)?.values?.get(key), history.metadata.currentVersion);
    if (reason) return { application, key, reason, decidedBy: undefined, condition: undefined, change: undefined };
  }
  return undefined;
}

/** Whether a source of static secrets may provide the value, so that a sync replaces what Vault holds. */
function mayBeSourced(secret: Secret, sourceOf: ((ref: SecretRef) => ValueSource) | undefined): boolean {
  if (!isProvided(secret)) return false;
  const source = sourceOf?.(secret);
  if (source?.kind !== "file") return source?.kind !== "vault";
  return secret.kind !== "static" || source.files.some(({ state }) => state !== "lacks");
}
