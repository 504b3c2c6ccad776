import type { SecretVersions } from "../model/history.js";
import { UNITS } from "../model/duration.js";
import type { ApplicationState } from "../model/current-state.js";
import { EXPIRY_WARNING_DAYS, type Changed, type Expiry } from "../model/fleet-report.js";
import { decodeProvenance, type Provenance, type VersionWriter } from "../model/provenance.js";
import type { GeneratedSecret } from "../model/secret.js";

/**
 * When a generated value last changed, according to the notes of earlier runs.
 *
 * @param versions The metadata of the application; costs a request, so it is read only if it can help.
 */
export function lastChanged(key: string, state: ApplicationState, versions: SecretVersions | undefined): Changed {
  const { version, createdTime } = state;
  const provenance = decodeProvenance(state.customMetadata);
  if (version === 1) return { at: createdTime, exact: true };
  const noted = notedVersion(key, state, provenance);
  if (noted === undefined) return { at: createdTime, exact: false };
  if (noted === version) return { at: createdTime, exact: true };
  const known = versions?.versions.get(noted)?.createdTime || startOf(provenance.writers.get(noted));
  if (known !== undefined) return { at: known, exact: true };
  const oldest = [...(versions?.versions ?? [])].find(([number]) => number > noted)?.[1].createdTime;
  return { at: oldest || createdTime, exact: false };
}

/** Whether only the versions still in KV can tell if one of these secrets exceeds a maximum age. */
export function needsVersions(
  secrets: readonly GeneratedSecret[],
  state: ApplicationState,
  now: Date,
  maxAgeSeconds: number | undefined,
): boolean {
  if (maxAgeSeconds === undefined) return false;
  const provenance = decodeProvenance(state.customMetadata);
  return secrets.some(({ key }) => {
    const { at, exact } = lastChanged(key, state, undefined);
    return !exact && notedVersion(key, state, provenance) !== undefined && !isOlder(at, now, maxAgeSeconds);
  });
}

/** The version in which a value last changed; unreliable once another program wrote the latest one. */
function notedVersion(key: string, { version }: ApplicationState, { writers, keys }: Provenance): number | undefined {
  return writers.size > 0 && !writers.has(version) ? undefined : keys.get(key)?.changedIn;
}

/** A run is named after its start time. */
function startOf(writer: VersionWriter | undefined): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(writer?.run ?? "");
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  return Number.isNaN(Date.parse(text)) ? undefined : text;
}

/** Whether a moment is further back than a maximum age. */
export function isOlder(at: string, now: Date, maxAgeSeconds: number | undefined): boolean {
  return maxAgeSeconds !== undefined && now.getTime() - Date.parse(at) > maxAgeSeconds * 1000;
}

/** How soon something expires. */
export function expiryOf(at: string, now: Date): Expiry {
  const left = Date.parse(at) - now.getTime();
  return { at, state: left <= 0 ? "expired" : left <= EXPIRY_WARNING_DAYS * UNITS.day * 1000 ? "soon" : "valid" };
}
