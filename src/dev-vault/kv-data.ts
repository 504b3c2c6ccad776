import type { Operation, Reply } from "./core.js";
import { badRequest, internalError, nothingHere, unsupportedOperation } from "./errors.js";
import { asInt, fieldsOf } from "./fields.js";
import { encodeJson, type JsonObject, mergePatch, parseJson, rawJson, roundNumbers } from "./json.js";
import { addVersion, isDeleted, newSecret, versionMetadata, versionOf } from "./kv-versions.js";
import type { KvV2Mount, Secret } from "./state.js";

function checkAndSet(mount: KvV2Mount, secret: Secret, options: JsonObject): void {
  if (Object.hasOwn(options, "cas")) {
    const cas = asInt(options["cas"] ?? null);
    if (cas === undefined) {
      throw badRequest("error parsing check-and-set parameter");
    }
    if (cas !== secret.currentVersion) {
      throw badRequest("check-and-set parameter did not match the current version");
    }
  } else if (mount.config.casRequired || secret.casRequired) {
    throw badRequest("check-and-set parameter required for this call");
  }
}

function read(mount: KvV2Mount, path: string, data: JsonObject, now: number): Reply {
  const secret = mount.secrets.get(path.replace(/(?<!\/)\/+$/, ""));
  const wanted = fieldsOf(data, true).int("version");
  const number = wanted > 0 ? wanted : (secret?.currentVersion ?? 0);
  const version = secret === undefined ? undefined : versionOf(secret, number);
  if (secret === undefined || version === undefined) {
    throw nothingHere();
  }
  const metadata = versionMetadata(secret, number, version);
  if (isDeleted(version, now) || version.destroyed) {
    return { status: 404, data: { data: null, metadata } };
  }
  if (path.endsWith("/")) {
    throw internalError("could not find version data");
  }
  return { data: { data: rawJson(roundNumbers(version.data)), metadata } };
}

function store(mount: KvV2Mount, path: string, secret: Secret, data: string, now: number): Reply {
  const version = addVersion(mount.config, secret, data, now);
  mount.secrets.set(path, secret);
  return { data: versionMetadata(secret, secret.currentVersion, version) };
}

function write(mount: KvV2Mount, path: string, body: JsonObject, now: number): Reply {
  const fields = fieldsOf(body);
  const data = fields.object("data");
  const options = fields.object("options");
  if (!fields.has("data")) {
    throw badRequest("no data provided");
  }
  const secret = mount.secrets.get(path) ?? newSecret(now);
  checkAndSet(mount, secret, options);
  return store(mount, path, secret, encodeJson(data), now);
}

function patch(mount: KvV2Mount, path: string, body: JsonObject, now: number): Reply {
  const fields = fieldsOf(body, true);
  const data = fields.object("data");
  if (!fields.has("data")) {
    throw badRequest("no data provided");
  }
  const secret = mount.secrets.get(path);
  const latest = secret === undefined ? undefined : versionOf(secret, secret.currentVersion);
  if (secret === undefined || latest === undefined) {
    return { status: 404, bare: null };
  }
  checkAndSet(mount, secret, fields.object("options"));
  if (isDeleted(latest, now) || latest.destroyed) {
    return { status: 404, data: versionMetadata(secret, secret.currentVersion, latest) };
  }
  return store(mount, path, secret, encodeJson(mergePatch(parseJson(latest.data), data)), now);
}

/** Deletes versions softly; those that are deleted already keep their time. */
export function softDelete(secret: Secret, numbers: readonly number[], now: number): void {
  for (const number of numbers) {
    const version = versionOf(secret, number);
    if (version !== undefined && !version.destroyed && !isDeleted(version, now)) {
      version.deletion = now;
    }
  }
}

/** `data/PATH`: the values of a secret. */
export function kvData(mount: KvV2Mount, path: string, operation: Operation, now: number): Reply | undefined {
  switch (operation.kind) {
    case "read":
      return read(mount, path, operation.data, now);
    case "create":
    case "update":
      return write(mount, path, operation.data, now);
    case "patch":
      return patch(mount, path, operation.data, now);
    case "delete": {
      const secret = mount.secrets.get(path.replace(/(?<!\/)\/+$/, ""));
      if (secret !== undefined) {
        softDelete(secret, [secret.currentVersion], now);
      }
      return undefined;
    }
    case "list":
    default:
      throw unsupportedOperation();
  }
}
