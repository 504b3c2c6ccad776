import type { Place } from "./diagnostic.js";
import type { Secret, SecretRef } from "./secret.js";

/** Where in Vault an environment's secrets are. */
export interface VaultLocation {
  /** The address of the server, without a trailing slash. */
  readonly url: string;
  /** The first component of `vaultPathPrefix`: the KV v2 mount, unless the name of the mount contains slashes. */
  readonly mount: string;
  /** The rest of `vaultPathPrefix`, such as `phalanx/idfdev`. */
  readonly path: string;
}

/** Where in 1Password an environment's static secrets are. */
export interface OnepasswordLocation {
  /** The address of the 1Password Connect server. */
  readonly connectUrl: string;
  /** The title of the 1Password vault. */
  readonly vaultTitle: string;
}

/** The auth method that `phalanx.yaml` names. Credentials never come from there. */
export interface DeclaredLogin {
  /** The auth method. */
  readonly auth: "token" | "approle";
  /** Where it is mounted. */
  readonly mount?: string | undefined;
}

/** The kind of a declared secret, whether or not the environment requires it. */
export type DeclaredKind = "static" | "copy" | "generate" | "fixed";

/** An enabled application. */
export interface Application {
  /** Its name. */
  readonly name: string;
  /** The secrets that it requires, by key, in code point order. */
  readonly secrets: ReadonlyMap<string, Secret>;
  /** Declared keys whose condition is false in this environment, and their kinds. */
  readonly notRequired: ReadonlyMap<string, DeclaredKind>;
}

/** Another environment with the same server and prefix. */
export interface Sibling {
  /** Its name. */
  readonly environment: string;
  /** Its required keys, by application. */
  readonly required: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Another environment of the same server, and where its secrets are. */
export interface Neighbour extends Pick<VaultLocation, "mount" | "path"> {
  /** Its name. */
  readonly environment: string;
}

/** An environment: one installation, as its configuration in Git describes it. */
export interface Environment {
  /** NAME in `environments/values-NAME.yaml`. */
  readonly name: string;
  /** Where in Vault its secrets are. */
  readonly vault: VaultLocation;
  /** Where in 1Password its static secrets are. Undefined if they are not in 1Password. */
  readonly onepassword: OnepasswordLocation | undefined;
  /** Paths of the static secrets files that `phalanx.yaml` names. They take precedence over 1Password. */
  readonly staticFiles?: readonly string[];
  /** Where `phalanx.yaml` names them. */
  readonly staticFilesNamedAt?: Place;
  /** Static secrets files that `phalanx.yaml` names only for other environments: those environments, by path of the file. */
  readonly filesOfOthers?: ReadonlyMap<string, readonly string[]>;
  /** The auth method that `phalanx.yaml` names. */
  readonly login?: DeclaredLogin;
  /** Enabled applications by name, in code point order. */
  readonly applications: ReadonlyMap<string, Application>;
  /** Known applications that are not enabled. */
  readonly disabled: ReadonlySet<string>;
  /** Returns the other environments with the same server and prefix. The first call reads the whole configuration. */
  readonly siblings: () => readonly Sibling[];
}

/** The KV secret with the credentials of container registries; it belongs to no application. */
export const PULL_SECRET = "pull-secret";
export const PULL_SECRET_KEY = ".dockerconfigjson";

/** The full prefix, including the mount, as an operator would type it. */
export function vaultPrefix(vault: Pick<VaultLocation, "mount" | "path">): string {
  return `${vault.mount}/${vault.path}`;
}

/** The last component of the prefix: the name of the AppRole, and of the write token after `token-`. */
export function credentialName({ path }: Pick<VaultLocation, "path">): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Every secret that an environment requires. */
export function requiredSecrets({ applications }: Environment): Secret[] {
  return [...applications.values()].flatMap(({ secrets }) => [...secrets.values()]);
}

/** Why a secret that others derive from is missing. */
export type Absence = "application-not-enabled" | "condition-false" | "undeclared";

/** Why an environment does not require a secret. */
export function whyAbsent(
  { applications }: Pick<Environment, "applications">,
  { application, key }: SecretRef,
): Absence {
  const enabled = applications.get(application);
  if (enabled === undefined) return application === PULL_SECRET ? "undeclared" : "application-not-enabled";
  return enabled.notRequired.has(key) ? "condition-false" : "undeclared";
}
