import { randomUUID } from "node:crypto";
import { refuseBoundAddresses } from "./approle-role.js";
import type { Core, Operation, Reply } from "./core.js";
import { formatTime } from "./duration.js";
import { badRequest, internalError } from "./errors.js";
import { asString, fieldsOf } from "./fields.js";
import { encodeJson, isJsonObject, type Json, parseJson } from "./json.js";
import type { Role, SecretId } from "./state.js";

function parseMetadata(text: string): Record<string, string> {
  if (text === "") {
    return {};
  }
  let value: Json;
  try {
    value = parseJson(text);
  } catch {
    value = null;
  }
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asString(item) ?? encodeJson(item)]));
  }
  const pairs = text.split(",").map((pair) => pair.split("="));
  if (pairs.some((pair) => pair.length !== 2)) {
    throw badRequest("failed to parse metadata: failed to parse the input: invalid <key,value> format");
  }
  return Object.fromEntries(pairs.map(([key = "", item = ""]) => [key.trim(), item.trim()]));
}

/** `secret-id` (and `custom-secret-id`): makes a new secret ID of a role. */
export function createSecretId(core: Core, role: Role, operation: Operation, custom: boolean): Reply {
  const fields = fieldsOf(operation.data, true);
  refuseBoundAddresses(fields, ["cidr_list", "token_bound_cidrs"]);
  const metadata = parseMetadata(fields.string("metadata"));
  const uses = fields.has("num_uses") ? fields.int("num_uses") : role.secretIdUses;
  const ttl = fields.has("ttl") ? fields.seconds("ttl") : role.secretIdTtl;
  if (uses < 0) {
    throw badRequest("num_uses cannot be negative");
  }
  if (role.secretIdUses > 0 && (uses === 0 || uses > role.secretIdUses)) {
    throw badRequest("num_uses cannot be higher than the role's secret_id_num_uses");
  }
  if (role.secretIdTtl > 0 && (ttl === 0 || ttl > role.secretIdTtl)) {
    throw badRequest("ttl cannot be longer than the role's secret_id_ttl");
  }
  const id = custom ? fields.string("secret_id") : randomUUID();
  if (id === "") {
    throw badRequest("missing secret_id");
  }
  if (findSecretId(core, role, id) !== undefined) {
    throw badRequest("SecretID is already registered");
  }
  const now = core.now();
  const secretId: SecretId = {
    id,
    accessor: randomUUID(),
    created: now,
    updated: now,
    expires: ttl === 0 ? null : now + ttl * 1000,
    ttl,
    uses,
    metadata,
  };
  role.secretIds.set(secretId.accessor, secretId);
  return {
    data: { secret_id: id, secret_id_accessor: secretId.accessor, secret_id_num_uses: uses, secret_id_ttl: ttl },
  };
}

/** The secret IDs of a role that have not expired; the others are forgotten. */
export function liveSecretIds(core: Core, role: Role): SecretId[] {
  const now = core.now();
  for (const { accessor, expires } of role.secretIds.values()) {
    if (expires !== null && expires <= now) {
      role.secretIds.delete(accessor);
    }
  }
  return [...role.secretIds.values()];
}

/** A live secret ID by its secret part. */
export function findSecretId(core: Core, role: Role, id: string): SecretId | undefined {
  return liveSecretIds(core, role).find((secretId) => secretId.id === id);
}

function describe(secretId: SecretId): Record<string, unknown> {
  return {
    cidr_list: [],
    creation_time: formatTime(secretId.created),
    expiration_time: secretId.expires === null ? "0001-01-01T00:00:00Z" : formatTime(secretId.expires),
    last_updated_time: formatTime(secretId.updated),
    metadata: secretId.metadata,
    secret_id_accessor: secretId.accessor,
    secret_id_num_uses: secretId.uses,
    secret_id_ttl: secretId.ttl,
    token_bound_cidrs: [],
  };
}

/** `secret-id/lookup` and `secret-id/destroy`. */
export function secretIdCommand(core: Core, role: Role, command: string, operation: Operation): Reply | undefined {
  const id = fieldsOf(operation.data, true).string("secret_id");
  if (id === "") {
    throw badRequest("missing secret_id");
  }
  const secretId = findSecretId(core, role, id);
  if (secretId === undefined) {
    return undefined;
  }
  if (command === "lookup") {
    return { data: describe(secretId) };
  }
  role.secretIds.delete(secretId.accessor);
  return undefined;
}

/** `secret-id-accessor/lookup` and `secret-id-accessor/destroy`. */
export function accessorCommand(core: Core, role: Role, command: string, operation: Operation): Reply | undefined {
  const accessor = fieldsOf(operation.data, true).string("secret_id_accessor");
  if (accessor === "") {
    throw badRequest("missing secret_id_accessor");
  }
  const secretId = liveSecretIds(core, role).find((candidate) => candidate.accessor === accessor);
  const missing = `failed to find accessor entry for secret_id_accessor: "${accessor}"`;
  if (command === "lookup") {
    return secretId === undefined ? { status: 404, data: { error: missing } } : { data: describe(secretId) };
  }
  if (secretId === undefined) {
    throw internalError(missing);
  }
  role.secretIds.delete(accessor);
  return undefined;
}
