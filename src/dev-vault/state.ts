import { randomBytes, randomUUID } from "node:crypto";
import { DEFAULT_POLICY } from "./policy.js";

/** A version of a KV v2 secret. `data` is JSON text, exactly as it was written; empty once destroyed. */
export interface Version {
  readonly created: number;
  deletion: number | null;
  destroyed: boolean;
  data: string;
}

/** Settings that a KV v2 mount and each secret in it have. */
export interface KvSettings {
  maxVersions: number;
  casRequired: boolean;
  metadataCasRequired: boolean;
  /** Seconds; 0 for never. */
  deleteVersionAfter: number;
}

/** A KV v2 secret. `versions` ends with the current version. */
export interface Secret extends KvSettings {
  created: number;
  updated: number;
  currentVersion: number;
  oldestVersion: number;
  metadataVersion: number;
  customMetadata: Readonly<Record<string, string>> | null;
  readonly versions: Version[];
}

interface Mounted {
  description: string;
  readonly accessor: string;
  readonly uuid: string;
}

export interface KvV1Mount extends Mounted {
  readonly version: "1";
  /** JSON texts by path. */
  readonly values: Map<string, string>;
  /** Whether `options.version` was given when it was mounted: only then it is shown. */
  readonly versionGiven: boolean;
}

export interface KvV2Mount extends Mounted {
  readonly version: "2";
  readonly config: KvSettings;
  readonly secrets: Map<string, Secret>;
}

export type SecretMount = KvV1Mount | KvV2Mount;

export interface SecretId {
  readonly id: string;
  readonly accessor: string;
  readonly created: number;
  updated: number;
  readonly expires: number | null;
  readonly ttl: number;
  /** 0: any number of times. */
  uses: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How the tokens of a role are made; durations in seconds, 0 for the default. */
export interface TokenParameters {
  policies: readonly string[];
  ttl: number;
  maxTtl: number;
  explicitMaxTtl: number;
  period: number;
  uses: number;
  noDefaultPolicy: boolean;
  type: "default" | "service" | "batch" | "default-service" | "default-batch";
}

export interface Role {
  roleId: string;
  readonly entityId: string;
  readonly token: TokenParameters;
  /** The role was written with the old name of `token_policies`, so it is read back under both. */
  oldPolicies: boolean;
  bindSecretId: boolean;
  secretIdTtl: number;
  secretIdUses: number;
  /** By accessor. */
  readonly secretIds: Map<string, SecretId>;
}

export interface AuthMount extends Mounted {
  readonly roles: Map<string, Role>;
}

interface StoredPolicy {
  readonly text: string;
  readonly version: number;
  readonly modified: number;
}

export interface Token {
  readonly id: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  parent: string | null;
  readonly path: string;
  readonly displayName: string;
  readonly entityId: string;
  readonly meta: Readonly<Record<string, string>> | null;
  readonly type: "service" | "batch";
  readonly renewable: boolean;
  readonly created: number;
  readonly creationTtl: number;
  readonly explicitMaxTtl: number;
  readonly maxTtl: number;
  readonly period: number;
  /** The seconds that it was given at its creation or last renewal. */
  leaseTtl: number;
  /** How often it can still be used: 0 for always, -1 during its last use. */
  uses: number;
  /** null: never. */
  expires: number | null;
  renewed: number | null;
}

/** Everything that the server keeps, in memory. Times are milliseconds since 1970. */
export interface State {
  readonly clusterId: string;
  /** Secret engines by path with its trailing slash; likewise `auth`, without `auth/`. */
  readonly mounts: Map<string, SecretMount>;
  readonly auth: Map<string, AuthMount>;
  readonly policies: Map<string, StoredPolicy>;
  readonly tokens: Map<string, Token>;
}

/** The identity of something newly mounted. */
export function newMounted(type: string, description: string): Mounted {
  return { description, accessor: `${type}_${randomBytes(4).toString("hex")}`, uuid: randomUUID() };
}

/** An empty KV engine. */
export function newKvMount(version: "1" | "2", description: string, versionGiven = true): SecretMount {
  const mounted = newMounted("kv", description);
  return version === "1"
    ? { ...mounted, version, values: new Map(), versionGiven }
    : { ...mounted, version, config: newSettings(), secrets: new Map() };
}

/** The settings of a new mount or secret. */
export function newSettings(): KvSettings {
  return { maxVersions: 0, casRequired: false, metadataCasRequired: false, deleteVersionAfter: 0 };
}

/** The state of a server that was never used: KV v2 at `secret/` and the default policy. */
export function newState(now: number): State {
  return {
    clusterId: randomUUID(),
    mounts: new Map([["secret/", newKvMount("2", "key/value secret storage")]]),
    auth: new Map(),
    policies: new Map([["default", { text: DEFAULT_POLICY, version: 1, modified: now }]]),
    tokens: new Map(),
  };
}
