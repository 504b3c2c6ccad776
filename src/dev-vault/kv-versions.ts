import { formatTime } from "./duration.js";
import { type KvSettings, newSettings, type Secret, type Version } from "./state.js";

const DEFAULT_MAX_VERSIONS = 10;

/** A secret without versions. */
export function newSecret(now: number): Secret {
  return {
    ...newSettings(),
    created: now,
    updated: now,
    currentVersion: 0,
    oldestVersion: 0,
    metadataVersion: 0,
    customMetadata: null,
    versions: [],
  };
}

/** The number of the first version that is still kept. */
export function firstVersion(secret: Secret): number {
  return secret.currentVersion - secret.versions.length + 1;
}

/** A version by its number; undefined if it never was or was pushed out. */
export function versionOf(secret: Secret, number: number): Version | undefined {
  const index = number - firstVersion(secret);
  return index < 0 ? undefined : secret.versions[index];
}

/** When a version that is written (or undeleted) now will be deleted: after the shorter time of mount and secret. */
export function futureDeletion(config: KvSettings, secret: Secret, now: number): number | null {
  const times = [config.deleteVersionAfter, secret.deleteVersionAfter].filter((seconds) => seconds > 0);
  return times.length === 0 ? null : now + Math.min(...times) * 1000;
}

/** Whether the version reads as deleted; a deletion time in the future does not count yet. */
export function isDeleted(version: Version, now: number): boolean {
  return version.deletion !== null && version.deletion <= now;
}

/** Adds a version and pushes out those that are too old. The larger maximum of mount and secret counts. */
export function addVersion(config: KvSettings, secret: Secret, data: string, now: number): Version {
  const version: Version = { created: now, deletion: futureDeletion(config, secret, now), destroyed: false, data };
  secret.versions.push(version);
  secret.currentVersion += 1;
  secret.updated = now;
  const max = Math.max(secret.maxVersions, config.maxVersions) || DEFAULT_MAX_VERSIONS;
  if (secret.currentVersion - secret.oldestVersion >= max) {
    const oldest = secret.currentVersion - max + 1;
    secret.versions.splice(0, Math.max(0, oldest - firstVersion(secret)));
    secret.oldestVersion = oldest;
  }
  return version;
}

/** The metadata that is sent with a version. */
export function versionMetadata(secret: Secret, number: number, version: Version): Record<string, unknown> {
  return {
    created_time: formatTime(version.created),
    custom_metadata: secret.customMetadata,
    deletion_time: formatTime(version.deletion),
    destroyed: version.destroyed,
    version: number,
  };
}
