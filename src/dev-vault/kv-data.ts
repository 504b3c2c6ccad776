import { asInt, fieldsOf } from "./fields.js";
import { type JsonObject, mergePatch, roundNumbers } from "./json.js";
import { addVersion, isDeleted, type KvV2, newSecret, type Secret, softDelete, versionMetadata } from "./kv-secret.js";
import type { Authorized, Reply } from "./operation.js";
import { badRequest, nothingHere } from "./refusal.js";

export function readData({ mount, now }: KvV2, { fields }: Authorized, path = ""): Reply {
  const secret = mount.secrets.get(path);
  const wanted = fields.get("version", "int");
  const number = wanted > 0 ? wanted : (secret?.currentVersion ?? 0);
  const version = secret?.versions.get(number);
  if (secret === undefined || version === undefined) throw nothingHere();
  const metadata = versionMetadata(secret, number, version);
  const isGone = isDeleted(version, now) || version.destroyed;
  return isGone ? { status: 404, data: { data: null, metadata } } : { data: { data: version.data, metadata } };
}

export function writeData(kv: KvV2, { data: body }: Authorized, path = ""): Reply {
  const fields = fieldsOf(body, "");
  const [data, options] = [fields.get("data", "object"), fields.get("options", "object")];
  if (!fields.has("data")) throw badRequest("no data provided");
  const secret = kv.mount.secrets.get(path) ?? newSecret(kv.now);
  checkAndSet(kv, secret, options);
  return store(kv, path, secret, data);
}

export function patchData(kv: KvV2, { fields }: Authorized, path = ""): Reply {
  const data = fields.get("data", "object");
  if (!fields.has("data")) throw badRequest("no data provided");
  const secret = kv.mount.secrets.get(path);
  const latest = secret?.versions.get(secret.currentVersion);
  if (secret === undefined || latest === undefined) return { status: 404, bare: null };
  checkAndSet(kv, secret, fields.get("options", "object"));
  if (isDeleted(latest, kv.now) || latest.destroyed) {
    return { status: 404, data: versionMetadata(secret, secret.currentVersion, latest) };
  }
  return store(kv, path, secret, mergePatch(latest.data, data));
}

export function deleteLatest({ mount, now }: KvV2, _: Authorized, path = ""): undefined {
  const secret = mount.secrets.get(path);
  const latest = secret?.versions.get(secret.currentVersion);
  if (latest !== undefined) softDelete(latest, now);
}

function checkAndSet({ mount }: KvV2, secret: Secret, options: JsonObject): void {
  if (Object.hasOwn(options, "cas")) {
    const cas = asInt(options["cas"] ?? null);
    if (cas === undefined) throw badRequest("error parsing check-and-set parameter");
    if (cas !== secret.currentVersion) throw badRequest("check-and-set parameter did not match the current version");
  } else if (mount.settings.cas_required || secret.settings.cas_required) {
    throw badRequest("check-and-set parameter required for this call");
  }
}

function store({ mount, now }: KvV2, path: string, secret: Secret, data: JsonObject): Reply {
  const version = addVersion(mount.settings, secret, roundNumbers(data), now);
  mount.secrets.set(path, secret);
  return { data: versionMetadata(secret, secret.currentVersion, version) };
}
