import type { Operation, Reply } from "./core.js";
import { customMetadata } from "./custom-metadata.js";
import { formatDuration, formatTime } from "./duration.js";
import { badRequest, nothingHere } from "./errors.js";
import { type Fields, fieldsOf } from "./fields.js";
import { listReply, namesBelow } from "./kv-list.js";
import { firstVersion, newSecret } from "./kv-versions.js";
import type { KvSettings, KvV2Mount, Secret } from "./state.js";

const SETTINGS = ["max_versions", "cas_required", "metadata_cas_required", "delete_version_after"] as const;
const UINT32 = 2 ** 32;

/** Settings as the API shows them. */
export function settingsReply(settings: KvSettings): Record<string, unknown> {
  return {
    cas_required: settings.casRequired,
    delete_version_after: formatDuration(settings.deleteVersionAfter),
    max_versions: settings.maxVersions,
    metadata_cas_required: settings.metadataCasRequired,
  };
}

/** The settings that a request changes. With null a setting becomes what it was at first. */
export function settingsFrom(fields: Fields): Partial<KvSettings> {
  return {
    // Vault keeps an unsigned number of 32 bits and lets a negative one wrap around.
    ...(fields.has("max_versions") && {
      maxVersions: ((fields.int("max_versions") % UINT32) + UINT32) % UINT32,
    }),
    ...(fields.has("cas_required") && { casRequired: fields.bool("cas_required") }),
    ...(fields.has("metadata_cas_required") && { metadataCasRequired: fields.bool("metadata_cas_required") }),
    ...(fields.has("delete_version_after") && { deleteVersionAfter: fields.seconds("delete_version_after") }),
  };
}

function read(secret: Secret): Reply {
  const first = firstVersion(secret);
  const versions = secret.versions.map(({ created, deletion, destroyed }, index) => [
    String(first + index),
    { created_time: formatTime(created), deletion_time: formatTime(deletion), destroyed },
  ]);
  const data = {
    ...settingsReply(secret),
    created_time: formatTime(secret.created),
    current_metadata_version: secret.metadataVersion,
    current_version: secret.currentVersion,
    custom_metadata: secret.customMetadata,
    oldest_version: secret.oldestVersion,
    updated_time: formatTime(secret.updated),
    versions: Object.fromEntries(versions) as Record<string, unknown>,
  };
  return { data };
}

function checkAndSet(mount: KvV2Mount, secret: Secret | undefined, fields: Fields): void {
  if (fields.has("metadata_cas")) {
    const cas = fields.int("metadata_cas");
    if (secret === undefined && cas !== 0) {
      throw badRequest("metadata_cas must be 0 when creating new metadata");
    }
    if (secret !== undefined && cas !== secret.metadataVersion) {
      throw badRequest("metadata check-and-set parameter does not match the current version");
    }
  } else if (mount.config.metadataCasRequired || secret?.metadataCasRequired === true) {
    throw badRequest("metadata check-and-set parameter required for this call");
  }
}

function ignored(mount: KvV2Mount, settings: Partial<KvSettings>): Reply | undefined {
  const warnings = [
    mount.config.casRequired && settings.casRequired === false ? ["cas_required"] : [],
    mount.config.metadataCasRequired && settings.metadataCasRequired === false ? ["metadata_cas_required"] : [],
  ].flat();
  return warnings.length === 0
    ? undefined
    : {
        warnings: warnings.map(
          (name) => `"${name}" set to false, but is mandated by backend config. This value will be ignored.`,
        ),
      };
}

function changesSomething(fields: Fields): boolean {
  return [...SETTINGS, "custom_metadata"].some((name) => fields.has(name));
}

function textsOf(entries: Iterable<readonly [string, string | null]>): Record<string, string> | null {
  const texts = [...entries].filter((entry): entry is [string, string] => entry[1] !== null);
  return texts.length === 0 ? null : Object.fromEntries(texts);
}

function write(mount: KvV2Mount, path: string, fields: Fields, now: number): Reply | undefined {
  const settings = settingsFrom(fields);
  const custom = fields.object("custom_metadata");
  if (!changesSomething(fields)) {
    return undefined;
  }
  const texts = textsOf(customMetadata(custom, false));
  const present = mount.secrets.get(path);
  checkAndSet(mount, present, fields);
  const secret = present ?? newSecret(now);
  Object.assign(secret, settings, fields.has("custom_metadata") && { customMetadata: texts });
  secret.metadataVersion += 1;
  secret.updated = now;
  mount.secrets.set(path, secret);
  return ignored(mount, settings);
}

function patch(mount: KvV2Mount, path: string, fields: Fields, now: number): Reply | undefined {
  const settings = settingsFrom(fields);
  if (!changesSomething(fields)) {
    return undefined;
  }
  const changes = customMetadata(fields.object("custom_metadata"), true);
  const secret = mount.secrets.get(path);
  if (secret === undefined) {
    return { status: 404, bare: null };
  }
  checkAndSet(mount, secret, fields);
  const removed = fields.has("custom_metadata") && fields.data["custom_metadata"] === null;
  const kept = removed ? [] : Object.entries(secret.customMetadata ?? {});
  Object.assign(secret, settings, { customMetadata: textsOf(new Map([...kept, ...changes])) });
  secret.metadataVersion += 1;
  secret.updated = now;
  return ignored(mount, settings);
}

/** `metadata/PATH`: what is known about a secret apart from its values. */
export function kvMetadata(mount: KvV2Mount, path: string, operation: Operation, now: number): Reply | undefined {
  if (operation.kind === "list") {
    return listReply(namesBelow(mount.secrets.keys(), path), operation.data);
  }
  const key = path.replace(/(?<!\/)\/+$/, "");
  switch (operation.kind) {
    case "read": {
      const secret = mount.secrets.get(key);
      if (secret === undefined) {
        throw nothingHere();
      }
      return read(secret);
    }
    case "create":
    case "update":
      return write(mount, path, fieldsOf(operation.data), now);
    case "patch":
      return patch(mount, path, fieldsOf(operation.data, true), now);
    case "delete":
    default:
      mount.secrets.delete(key);
      return undefined;
  }
}
