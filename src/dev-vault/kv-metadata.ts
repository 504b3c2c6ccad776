import { formatTime } from "./duration.js";
import { asString, type Fields, fieldsOf, unconvertible } from "./fields.js";
import type { JsonObject } from "./json.js";
import { changeSettings, type KvV2, newSecret, type Secret, settingsData, versionTimes } from "./kv-secret.js";
import type { Authorized, Reply } from "./operation.js";
import { badRequest, listed, nothingHere } from "./refusal.js";

const MAX_KEYS = 64;
const MAX_KEY_BYTES = 128;
const MAX_VALUE_BYTES = 512;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const FAILED = "custom_metadata validation failed";

export function readMetadata({ mount }: KvV2, _: Authorized, path = ""): Reply {
  const secret = mount.secrets.get(path);
  if (secret === undefined) throw nothingHere();
  return {
    data: {
      ...settingsData(secret.settings),
      created_time: formatTime(secret.created),
      current_metadata_version: secret.metadataVersion,
      current_version: secret.currentVersion,
      custom_metadata: secret.customMetadata,
      oldest_version: secret.oldestVersion,
      updated_time: formatTime(secret.updated),
      versions: Object.fromEntries([...secret.versions].map(([number, version]) => [number, versionTimes(version)])),
    },
  };
}

export function writeMetadata(kv: KvV2, { data }: Authorized, path = ""): undefined {
  const fields = fieldsOf(data, "");
  const custom = customMetadata(fields.get("custom_metadata", "object"));
  const present = kv.mount.secrets.get(path);
  checkAndSet(kv, present, fields);
  const secret = present ?? newSecret(kv.now);
  changeSettings(secret.settings, fields);
  if (fields.has("custom_metadata")) secret.customMetadata = custom;
  secret.metadataVersion += 1;
  secret.updated = kv.now;
  kv.mount.secrets.set(path, secret);
}

function checkAndSet({ mount }: KvV2, secret: Secret | undefined, fields: Fields): void {
  if (fields.has("metadata_cas")) {
    const cas = fields.get("metadata_cas", "int");
    if (cas === (secret?.metadataVersion ?? 0)) return;
    throw badRequest(
      secret === undefined
        ? "metadata_cas must be 0 when creating new metadata"
        : "metadata check-and-set parameter does not match the current version",
    );
  }
  if (mount.settings.metadata_cas_required || secret?.settings.metadata_cas_required === true) {
    throw badRequest("metadata check-and-set parameter required for this call");
  }
}

/** Checks custom metadata against Vault's limits; null if there is none. */
function customMetadata(input: JsonObject): Record<string, string> | null {
  const entries = Object.entries(input).map(([key, value]): [string, string] => {
    const text = asString(value);
    if (text === undefined) throw badRequest(`${FAILED}: ${unconvertible("string", value)}`);
    return [key, text];
  });
  const problems =
    entries.length > MAX_KEYS
      ? [`payload must contain at most ${MAX_KEYS} keys, provided ${entries.length}`]
      : entries.flatMap(([key, value]) => [
          ...problemsOf(`key "${key}"`, key, "key", MAX_KEY_BYTES),
          ...problemsOf(`value for key "${key}"`, value, "value", MAX_VALUE_BYTES),
        ]);
  if (problems.length > 0) throw badRequest(listed(...problems.map((problem) => `${FAILED}: ${problem}`)));
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function problemsOf(what: string, text: string, short: string, max: number): string[] {
  const bytes = Buffer.byteLength(text);
  return [
    ...(bytes === 0 || bytes > max ? [`length of ${what} is ${bytes} but must be 0 < len(${short}) <= ${max}`] : []),
    ...(UNPRINTABLE.test(text) ? [`${what} contains unprintable characters`] : []),
  ];
}
