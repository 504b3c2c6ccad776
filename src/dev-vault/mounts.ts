import { hasMountAccess } from "./acl.js";
import {
  type AuthMount,
  type Core,
  type KvV1Mount,
  type KvV2Mount,
  mountOf,
  newMounted,
  type SecretMount,
} from "./core.js";
import { asString, type Fields } from "./fields.js";
import { roundNumbers } from "./json.js";
import { addVersion, newSecret, newSettings, type Secret } from "./kv-secret.js";
import type { Authorized, Reply, Routes } from "./operation.js";
import { badRequest, Refusal } from "./refusal.js";
import { revokeTree } from "./tokens.js";

/** The server's reported version. */
export const SERVER = { version: "2.0.0-HEAD", plugin: "v2.0.0+builtin.bao" };

/** A mount as `sys/mounts` and `sys/auth` show it. */
function describe(mount: SecretMount | AuthMount): Record<string, unknown> {
  const isAuth = "roles" in mount;
  const isHidden = isAuth || (mount.version === "1" && !mount.versionGiven);
  return {
    accessor: mount.accessor,
    config: {
      default_lease_ttl: 0,
      force_no_cache: false,
      max_lease_ttl: 0,
      ...(isAuth && { token_type: "default-service" }),
    },
    deprecation_status: "supported",
    description: mount.description,
    external_entropy_access: false,
    local: false,
    options: isHidden ? null : { version: mount.version },
    plugin_version: "",
    running_plugin_version: SERVER.plugin,
    running_sha256: "",
    seal_wrap: false,
    type: isAuth ? "approle" : "kv",
    uuid: mount.uuid,
  };
}

function listMounts(mounts: ReadonlyMap<string, SecretMount | AuthMount>): Reply {
  return { flat: true, data: Object.fromEntries([...mounts].map(([path, mount]) => [path, describe(mount)])) };
}

function refuseTakenPath(taken: Iterable<string>, path: string): void {
  const other = [...taken].find((each) => path.startsWith(each) || each.startsWith(path));
  if (other !== undefined) throw badRequest(`path is already in use at ${other}`);
}

function typeOf(fields: Fields, known: readonly string[]): string {
  const type = fields.get("type", "string");
  if (type === "") throw badRequest("backend type must be specified as a string");
  if (!known.includes(type)) throw badRequest(`plugin not found in the catalog: ${type}`);
  return type;
}

function mountSecrets({ mounts }: Core, { fields }: Authorized, name = ""): undefined {
  const path = `${name}/`;
  const type = typeOf(fields, ["kv", "kv-v2"]);
  const given = asString(fields.get("options", "object")["version"] ?? null) ?? "";
  const version = type === "kv-v2" ? "2" : given || "1";
  if (/^(?:sys|auth|cubbyhole|identity)\//.test(path)) throw badRequest(`cannot mount "${path}"`);
  if (version !== "1" && version !== "2") throw badRequest(`invalid version: ${version}`);
  refuseTakenPath(mounts.keys(), path);
  const mounted = newMounted("kv", fields.get("description", "string"));
  const mount: SecretMount =
    version === "1"
      ? { ...mounted, version, values: new Map(), versionGiven: given !== "" }
      : { ...mounted, version, settings: newSettings(), secrets: new Map() };
  mounts.set(path, mount);
}

function mountAuth({ auth }: Core, { fields }: Authorized, name = ""): undefined {
  typeOf(fields, ["approle"]);
  refuseTakenPath([...auth.keys(), "token/"], `${name}/`);
  auth.set(`${name}/`, { ...newMounted("auth_approle", fields.get("description", "string")), roles: new Map() });
}

function unmountAuth(core: Core, _: Authorized, name = ""): undefined {
  core.auth.delete(`${name}/`);
  for (const token of core.tokens.values()) if (token.path === `auth/${name}/login`) revokeTree(core, token.id);
}

/** Handles the request of `vault kv enable-versioning`. */
function changeVersion({ mounts, now }: Core, { fields }: Authorized, name = ""): Reply | undefined {
  const path = `${name}/`;
  const mount = mounts.get(path);
  if (mount === undefined) throw badRequest(`No secret engine mount at ${path}`);
  const version = asString(fields.get("options", "object")["version"] ?? null);
  if (version === undefined || version === "" || version === mount.version) return undefined;
  if (version !== "1" && version !== "2") throw badRequest(`invalid version provided: ${version}`);
  if (mount.version === "2") throw badRequest("cannot downgrade mount from version 2");
  mounts.set(path, upgraded(mount, now()));
  const notice = "This mount will be unavailable for a brief period and will resume service shortly.";
  // A real server also says 0.
  return { warnings: [`Upgrading mount from version 1 to version 0. ${notice}`] };
}

/** The mount with each value as a secret's first version. */
function upgraded({ values, accessor, uuid, description }: KvV1Mount, now: number): KvV2Mount {
  const settings = newSettings();
  const secrets = [...values].map(([path, data]): [string, Secret] => {
    const secret = newSecret(now);
    addVersion(settings, secret, roundNumbers(data), now);
    return [path, { ...secret, oldestVersion: 1 }];
  });
  return { accessor, uuid, description, version: "2", settings, secrets: new Map(secrets) };
}

/** `sys/internal/ui/mounts/PATH`: which engine is at a path, for any token with some access there. */
function mountAt(core: Core, { acl }: Authorized, rest = ""): Reply {
  const path = `${rest.replace(/(?<!\/)\/+$/, "")}/`;
  const [found, mount] = mountOf(core.mounts, path) ?? [];
  if (found === undefined || mount === undefined || !hasMountAccess(acl, found)) {
    const advice = "please ensure client's policies grant access to path";
    throw new Refusal(403, [`preflight capability check returned 403, ${advice} "${path}"`]);
  }
  return { data: { ...describe(mount), path: found } };
}

/** `sys/mounts/...`, `sys/auth/...` and `sys/internal/ui/mounts/...`. */
export const MOUNT_ROUTES: Routes<Core> = [
  [/^mounts\/?$/, { read: ({ mounts }) => listMounts(mounts) }],
  [/^mounts\/(.+)\/tune$/, { update: changeVersion }],
  [/^mounts\/(.*[^/])\/*$/, { update: mountSecrets, delete: ({ mounts }, _, name) => void mounts.delete(`${name}/`) }],
  [/^auth\/?$/, { read: ({ auth }) => listMounts(auth) }],
  [/^auth\/(.*[^/])\/*$/, { update: mountAuth, delete: unmountAuth }],
  [/^internal\/ui\/mounts\/(.+)$/, { read: mountAt }],
];
