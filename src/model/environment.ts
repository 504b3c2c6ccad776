import type { Place } from "./diagnostic.js";
import type { Secret, SecretRef } from "./secret.js";

/** Where an environment's secrets live in Vault. */
export interface VaultLocation {
  /** Base URL of the server, without a trailing slash. */
  readonly url: string;
  /** KV v2 mount: the first component of `vaultPathPrefix`. */
  readonly mount: string;
  /** The prefix below the mount, e.g. `phalanx/idfdev`. */
  readonly path: string;
}

export interface OnepasswordLocation {
  readonly connectUrl: string;
  readonly vaultTitle: string;
}

/** A login that the tree names: its credentials come from the shell. */
export interface DeclaredLogin {
  readonly auth: "token" | "approle";
  readonly mount?: string | undefined;
}

/** What a declared secret is, whether or not it is required in the environment. */
export type DeclaredKind = "static" | "copy" | "generate" | "fixed";

/** An application that is enabled in an environment. */
export interface Application {
  readonly name: string;
  /** Required secrets by key, in code point order of the keys. */
  readonly secrets: ReadonlyMap<string, Secret>;
  /** Declared keys whose own condition is false in this environment, and what they would be. */
  readonly notRequired: ReadonlyMap<string, DeclaredKind>;
}

/** Another environment of the same server and prefix. */
export interface Sibling {
  readonly environment: string;
  /** The keys that it requires, by application. */
  readonly required: ReadonlyMap<string, ReadonlySet<string>>;
}

/** One deployment, as its Git configuration describes it. */
export interface Environment {
  readonly name: string;
  readonly vault: VaultLocation;
  readonly onepassword: OnepasswordLocation | undefined;
  /** Files of static secrets that the tree names, as an operator would; they come before 1Password. */
  readonly staticFiles?: readonly string[];
  /** Where it does. */
  readonly staticFilesNamedAt?: Place;
  /** How to log in where nobody says otherwise. */
  readonly login?: DeclaredLogin;
  /** Enabled applications by name, in code point order. */
  readonly applications: ReadonlyMap<string, Application>;
  /** Applications that the configuration knows and that are not enabled here. */
  readonly disabled: ReadonlySet<string>;
  /** Asked only where Vault holds what this environment does not require: to answer, all others have to be read. */
  readonly siblings: () => readonly Sibling[];
}

/** The KV secret with the credentials of container registries; it belongs to no application. */
export const PULL_SECRET = "pull-secret";
export const PULL_SECRET_KEY = ".dockerconfigjson";

/** The full prefix, mount included, as an operator would type it. */
export function vaultPrefix(vault: Pick<VaultLocation, "mount" | "path">): string {
  return `${vault.mount}/${vault.path}`;
}

/** Every secret that an environment requires. */
export function requiredSecrets({ applications }: Environment): Secret[] {
  return [...applications.values()].flatMap(({ secrets }) => [...secrets.values()]);
}

/** Why a secret is not there that others are made from. */
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
