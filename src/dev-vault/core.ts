import { randomBytes, randomUUID } from "node:crypto";
import { type Acl, compileAcl, ROOT_ACL } from "./acl.js";
import { type KvSettings, newSettings, type Secret } from "./kv-secret.js";
import type { JsonObject } from "./json.js";
import { DEFAULT_POLICY, parsePolicy } from "./policy.js";
import type { Role } from "./role.js";

interface Mounted {
  readonly description: string;
  readonly accessor: string;
  readonly uuid: string;
}

export interface KvV1Mount extends Mounted {
  readonly version: "1";
  readonly values: Map<string, JsonObject>;
  /** Whether `options.version` was set when it was mounted: only then is it shown. */
  readonly versionGiven: boolean;
}

export interface KvV2Mount extends Mounted {
  readonly version: "2";
  readonly settings: KvSettings;
  readonly secrets: Map<string, Secret>;
}

export type SecretMount = KvV1Mount | KvV2Mount;

/** An AppRole auth method. */
export interface AuthMount extends Mounted {
  readonly roles: Map<string, Role>;
}

interface StoredPolicy {
  readonly text: string;
  readonly version: number;
  readonly modified: number;
}

/** Times to live are in seconds, 0 for none. */
export interface Token {
  readonly id: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly parent: string | null;
  readonly path: string;
  readonly displayName: string;
  readonly entityId: string;
  readonly meta: Readonly<Record<string, string>> | null;
  readonly renewable: boolean;
  readonly created: number;
  readonly creationTtl: number;
  readonly explicitMaxTtl: number;
  readonly maxTtl: number;
  /** The seconds granted at creation or at the last renewal. */
  leaseTtl: number;
  /** How many uses are left: 0 for unlimited, -1 during the last use. */
  uses: number;
  /** null: never. */
  expires: number | null;
}

/** The server without its HTTP layer: all of its state, in memory. Times are milliseconds since 1970. */
export interface Core {
  readonly now: () => number;
  readonly clusterId: string;
  /** Secrets engines by path with trailing slash; likewise `auth`, without `auth/`. */
  readonly mounts: Map<string, SecretMount>;
  readonly auth: Map<string, AuthMount>;
  readonly policies: Map<string, StoredPolicy>;
  readonly tokens: Map<string, Token>;
  /** Cached ACLs per set of policies, until a policy changes. */
  readonly acls: Map<string, Acl>;
  sealed: boolean;
}

/** A new server: KV version 2 at `secret/` and the default policy. */
export function newCore(now: () => number): Core {
  const secret: KvV2Mount = {
    ...newMounted("kv", "key/value secret storage"),
    version: "2",
    settings: newSettings(),
    secrets: new Map(),
  };
  return {
    now,
    clusterId: randomUUID(),
    mounts: new Map([["secret/", secret]]),
    auth: new Map(),
    policies: new Map([["default", { text: DEFAULT_POLICY, version: 1, modified: now() }]]),
    tokens: new Map(),
    acls: new Map(),
    sealed: false,
  };
}

export function newMounted(type: string, description: string): Mounted {
  return { description, accessor: `${type}_${randomBytes(4).toString("hex")}`, uuid: randomUUID() };
}

/** The entry of `table` that contains a path. Mounts are never nested, so the shortest match is the only one. */
export function mountOf<T>(table: ReadonlyMap<string, T>, path: string): readonly [string, T] | undefined {
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    const prefix = path.slice(0, slash + 1);
    const mount = table.get(prefix);
    if (mount !== undefined) return [prefix, mount];
  }
  return undefined;
}

/** The access that a set of policies grants; missing policies grant none. */
export function aclOf(core: Core, policies: readonly string[]): Acl {
  if (policies.includes("root")) return ROOT_ACL;
  const key = JSON.stringify(policies);
  const acl =
    core.acls.get(key) ?? compileAcl(policies.map((name) => parsePolicy(core.policies.get(name)?.text ?? "")));
  core.acls.set(key, acl);
  return acl;
}
