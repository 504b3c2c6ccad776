import { randomUUID } from "node:crypto";
import type { AuthMount, Core } from "./core.js";
import type { Fields } from "./fields.js";
import { listReply, namesBelow } from "./list-reply.js";
import type { Authorized, Handler, Reply, Routes } from "./operation.js";
import { badRequest, listed, nothingHere, Refusal } from "./refusal.js";
import { refuseWhatIsNotEnforced, type Role, roleReply, type SecretId, writeRole, writeRoleId } from "./role.js";
import { effectivePolicies } from "./token-create.js";
import { createToken } from "./tokens.js";

/** An AppRole auth method, and the server it is mounted in. */
export interface AppRole {
  readonly core: Core;
  readonly mount: AuthMount;
}

/** `login`: exchanges a role ID and a secret ID for a token. Needs no token itself. */
export function approleLogin({ core, mount }: AppRole, mountPath: string, fields: Fields): Reply {
  const roleId = fields.get("role_id", "string");
  if (roleId === "") throw new Refusal(500, ["missing role_id"]);
  const [name = "", role] = [...mount.roles].find(([, candidate]) => candidate.roleId === roleId) ?? [];
  const secretId = role && findSecretId(core, role, fields.get("secret_id", "string"));
  if (role === undefined || secretId === undefined) throw badRequest("invalid role or secret ID");
  if (secretId.uses === 1) role.secretIds.delete(secretId.accessor);
  if (secretId.uses > 1) secretId.uses -= 1;
  const { settings } = role;
  const policies = effectivePolicies(settings.token_policies, !settings.token_no_default_policy);
  if (policies.includes("root")) throw badRequest("auth methods cannot create root tokens");
  return createToken(core, {
    policies,
    path: `auth/${mountPath}login`,
    displayName: mountPath.slice(0, -1).replaceAll("/", "-"),
    entityId: role.entityId,
    meta: { role_name: name },
    ttl: settings.token_ttl,
    maxTtl: settings.token_max_ttl,
    explicitMaxTtl: settings.token_explicit_max_ttl,
    uses: settings.token_num_uses,
  });
}

/** The unexpired SecretIDs of a role; drops the others. */
function liveSecretIds(core: Core, role: Role): SecretId[] {
  for (const { accessor, expires } of role.secretIds.values()) {
    if (expires !== null && expires <= core.now()) role.secretIds.delete(accessor);
  }
  return [...role.secretIds.values()];
}

function findSecretId(core: Core, role: Role, id: string): SecretId | undefined {
  return liveSecretIds(core, role).find((secretId) => secretId.id === id);
}

function createSecretId({ core }: AppRole, { settings, secretIds, ...role }: Role, fields: Fields, id: string): Reply {
  refuseWhatIsNotEnforced(fields);
  const { secret_id_num_uses: mostUses, secret_id_ttl: longest } = settings;
  const uses = fields.has("num_uses") ? fields.get("num_uses", "int") : mostUses;
  const ttl = fields.has("ttl") ? fields.get("ttl", "seconds") : longest;
  if (mostUses > 0 && (uses === 0 || uses > mostUses)) {
    throw badRequest("num_uses cannot be higher than the role's secret_id_num_uses");
  }
  if (longest > 0 && (ttl === 0 || ttl > longest))
    throw badRequest("ttl cannot be longer than the role's secret_id_ttl");
  if (id === "") throw badRequest("missing secret_id");
  if (findSecretId(core, { ...role, settings, secretIds }, id) !== undefined) {
    throw badRequest("SecretID is already registered");
  }
  const accessor = randomUUID();
  secretIds.set(accessor, { id, accessor, expires: ttl === 0 ? null : core.now() + ttl * 1000, uses });
  return { data: { secret_id: id, secret_id_accessor: accessor, secret_id_num_uses: uses, secret_id_ttl: ttl } };
}

function destroySecretId({ core }: AppRole, role: Role, fields: Fields): undefined {
  const accessor = fields.get("secret_id_accessor", "string");
  if (!liveSecretIds(core, role).some((secretId) => secretId.accessor === accessor)) {
    throw new Refusal(500, [listed(`failed to find accessor entry for secret_id_accessor: "${accessor}"`)]);
  }
  role.secretIds.delete(accessor);
}

/** Acts on an existing role; responds with `status` if there is none. */
function ofRole(
  handler: (approle: AppRole, role: Role, operation: Authorized) => Reply | undefined,
  status = 404,
): Handler<AppRole> {
  return (approle, operation, name = "") => {
    const role = approle.mount.roles.get(name.toLowerCase());
    if (role === undefined) throw new Refusal(status, [`role "${name.toLowerCase()}" does not exist`]);
    return handler(approle, role, operation);
  };
}

/** Reading a missing role returns no error text. */
function readRole(reply: (role: Role) => Reply): Handler<AppRole> {
  return ({ mount }, _, name = "") => {
    const role = mount.roles.get(name.toLowerCase());
    if (role === undefined) throw nothingHere();
    return reply(role);
  };
}

/** `auth/MOUNT/...`. */
export const APPROLE_ROUTES: Routes<AppRole> = [
  [/^role\/?$/, { list: ({ mount }) => listReply(namesBelow(mount.roles.keys(), "")) }],
  [
    /^role\/([^/]+)\/?$/,
    {
      read: readRole(roleReply),
      update: ({ mount }, { fields }, name = "") => writeRole(mount, name.toLowerCase(), fields),
      delete: ({ mount }, _, name = "") => void mount.roles.delete(name.toLowerCase()),
    },
  ],
  [
    /^role\/([^/]+)\/role-id$/,
    {
      read: readRole(({ roleId }) => ({ data: { role_id: roleId } })),
      update: ({ mount }, { fields }, name = "") => writeRoleId(mount, name.toLowerCase(), fields),
    },
  ],
  [
    /^role\/([^/]+)\/secret-id\/?$/,
    {
      list: ofRole(
        ({ core }, role) =>
          listReply(
            liveSecretIds(core, role)
              .map(({ accessor }) => accessor)
              .sort(),
          ),
        400,
      ),
      update: ofRole((approle, role, { fields }) => createSecretId(approle, role, fields, randomUUID())),
    },
  ],
  [
    /^role\/([^/]+)\/custom-secret-id$/,
    {
      update: ofRole((approle, role, { fields }) =>
        createSecretId(approle, role, fields, fields.get("secret_id", "string")),
      ),
    },
  ],
  [
    /^role\/([^/]+)\/secret-id-accessor\/destroy$/,
    { update: ofRole((approle, role, { fields }) => destroySecretId(approle, role, fields)) },
  ],
];
