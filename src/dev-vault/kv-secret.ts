import type { KvV2Mount } from "./core.js";
import { formatDuration, formatTime } from "./duration.js";
import { type Fields, unset, type Values } from "./fields.js";
import type { JsonObject } from "./json.js";

const SETTINGS = {
  max_versions: "int",
  cas_required: "bool",
  metadata_cas_required: "bool",
  delete_version_after: "seconds",
} as const;

/** Settings of a KV v2 mount and of each secret in it, named as in the API. */
export type KvSettings = Values<typeof SETTINGS>;

/** A version of a KV v2 secret. */
export interface Version {
  readonly created: number;
  deletion: number | null;
  destroyed: boolean;
  /** Empty once destroyed. */
  data: JsonObject;
}

/** A KV v2 secret, with its remaining versions. */
export interface Secret {
  readonly settings: KvSettings;
  readonly created: number;
  updated: number;
  currentVersion: number;
  oldestVersion: number;
  metadataVersion: number;
  customMetadata: Readonly<Record<string, string>> | null;
  readonly versions: Map<number, Version>;
}

/** A KV version 2 engine, and the time of the request. */
export interface KvV2 {
  readonly mount: KvV2Mount;
  readonly now: number;
}

const DEFAULT_MAX_VERSIONS = 10;

/** The settings of a new mount or secret. */
export function newSettings(): KvSettings {
  return unset(SETTINGS);
}

/** A secret without versions. */
export function newSecret(now: number): Secret {
  return {
    settings: newSettings(),
    created: now,
    updated: now,
    currentVersion: 0,
    oldestVersion: 0,
    metadataVersion: 0,
    customMetadata: null,
    versions: new Map(),
  };
}

/** Applies the settings that a request changes. */
export function changeSettings(settings: KvSettings, fields: Fields): undefined {
  Object.assign(settings, fields.given(SETTINGS));
}

/** Settings as the API shows them. */
export function settingsData(settings: KvSettings): Record<string, unknown> {
  return { ...settings, delete_version_after: formatDuration(settings.delete_version_after) };
}

/** When a version written (or undeleted) now will be deleted: after the shorter time of mount and secret. */
export function futureDeletion(mount: KvSettings, { settings }: Secret, now: number): number | null {
  const times = [mount.delete_version_after, settings.delete_version_after].filter((seconds) => seconds > 0);
  return times.length === 0 ? null : now + Math.min(...times) * 1000;
}

/** Whether the version reads as deleted; a future deletion time does not count yet. */
export function isDeleted(version: Version, now: number): boolean {
  return version.deletion !== null && version.deletion <= now;
}

/** Soft-deletes a version; one already deleted keeps its time. */
export function softDelete(version: Version, now: number): void {
  if (!version.destroyed && !isDeleted(version, now)) version.deletion = now;
}

/** Adds a version and removes the oldest ones beyond the limit. The larger limit of mount and secret applies. */
export function addVersion(mount: KvSettings, secret: Secret, data: JsonObject, now: number): Version {
  const version: Version = { created: now, deletion: futureDeletion(mount, secret, now), destroyed: false, data };
  secret.currentVersion += 1;
  secret.updated = now;
  secret.versions.set(secret.currentVersion, version);
  const max = Math.max(secret.settings.max_versions, mount.max_versions) || DEFAULT_MAX_VERSIONS;
  if (secret.currentVersion - secret.oldestVersion >= max) {
    secret.oldestVersion = secret.currentVersion - max + 1;
    for (const number of secret.versions.keys()) if (number < secret.oldestVersion) secret.versions.delete(number);
  }
  return version;
}

/** A version as shown in the secret's metadata. */
export function versionTimes({ created, deletion, destroyed }: Version): Record<string, unknown> {
  return { created_time: formatTime(created), deletion_time: formatTime(deletion), destroyed };
}

/** The metadata returned with a version. */
export function versionMetadata(secret: Secret, number: number, version: Version): Record<string, unknown> {
  return { ...versionTimes(version), custom_metadata: secret.customMetadata, version: number };
}
