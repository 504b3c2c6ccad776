import { createHash } from "node:crypto";
import { type Core, MAX_LEASE_SECONDS, SERVER } from "./core.js";
import type { AuthMount, SecretMount } from "./state.js";

type Description = Record<string, unknown>;

interface Described {
  readonly type: string;
  readonly accessor: string;
  readonly uuid: string;
  readonly description: string;
  readonly options: Readonly<Record<string, string>> | null;
  readonly isAuth?: boolean;
  readonly isBuiltIn?: boolean;
}

function describe(mount: Described): Description {
  return {
    accessor: mount.accessor,
    config: {
      default_lease_ttl: 0,
      force_no_cache: false,
      max_lease_ttl: 0,
      ...(mount.isAuth === true && { token_type: "default-service" }),
    },
    ...(mount.isBuiltIn !== true && { deprecation_status: "supported" }),
    description: mount.description,
    external_entropy_access: false,
    local: mount.type === "cubbyhole",
    options: mount.options,
    plugin_version: "",
    running_plugin_version: SERVER.plugin,
    running_sha256: "",
    seal_wrap: mount.type === "system",
    type: mount.type,
    uuid: mount.uuid,
  };
}

// These are shown as on a real server, for clients that list mounts; only `sys/` and `auth/token/` do anything here.
const BUILT_IN: Readonly<Record<string, readonly [string, string]>> = {
  "cubbyhole/": ["cubbyhole", "per-token private secret storage"],
  "identity/": ["identity", "identity store"],
  "sys/": ["system", "system endpoints used for control, policy and debugging"],
};

function builtIn(core: Core, type: string, description: string, isAuth: boolean): Description {
  const digest = createHash("sha256").update(`${core.state.clusterId} ${type}`).digest("hex");
  const uuid = digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  const accessor = `${isAuth ? "auth_" : ""}${type}_${digest.slice(-8)}`;
  return describe({ type, accessor, uuid, description, options: null, isAuth, isBuiltIn: true });
}

/** A secret engine as `sys/mounts` shows it. */
function describeMount(mount: SecretMount): Description {
  const isHidden = mount.version === "1" && !mount.versionGiven;
  return describe({ ...mount, type: "kv", options: isHidden ? null : { version: mount.version } });
}

/** An auth method as `sys/auth` shows it. */
function describeAuth(mount: AuthMount): Description {
  return describe({ ...mount, type: "approle", options: {}, isAuth: true });
}

/** All secret engines by path. */
export function secretMounts(core: Core): Record<string, Description> {
  const builtIns = Object.entries(BUILT_IN).map(([path, [type, text]]) => [path, builtIn(core, type, text, false)]);
  const mounted = [...core.state.mounts].map(([path, mount]) => [path, describeMount(mount)]);
  return Object.fromEntries([...builtIns, ...mounted]) as Record<string, Description>;
}

/** All auth methods by path without `auth/`. */
export function authMounts(core: Core): Record<string, Description> {
  const mounted = [...core.state.auth].map(([path, mount]) => [path, describeAuth(mount)]);
  return {
    ...(Object.fromEntries(mounted) as Record<string, Description>),
    "token/": builtIn(core, "token", "token based credentials", true),
  };
}

/** The entry of `table` that a path belongs to. Mounts never lie below each other, so the shortest is the only one. */
export function mountOf<T>(table: ReadonlyMap<string, T>, path: string): readonly [string, T] | undefined {
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    const prefix = path.slice(0, slash + 1);
    const mount = table.get(prefix);
    if (mount !== undefined) {
      return [prefix, mount];
    }
  }
  return undefined;
}

/** The `tune` view of a mount. */
export function tuneData(description: string, mount: SecretMount | undefined): Description {
  return {
    default_lease_ttl: MAX_LEASE_SECONDS,
    description,
    force_no_cache: false,
    max_lease_ttl: MAX_LEASE_SECONDS,
    ...(mount !== undefined && { options: describeMount(mount)["options"] }),
  };
}
