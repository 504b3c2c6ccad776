import type { AnyDiagnostic } from "./diagnostic.js";
import type { SecretValue } from "./secret-value.js";
import type { StaticOrigin } from "./static-origin.js";

/** A client of the environment's OpenID Connect server. */
export interface OidcClient {
  /** The client ID. */
  readonly id: string;
  /** The client secret. */
  readonly secret: SecretValue;
  /** The redirect URI. */
  readonly returnUri: string;
}

/** Credentials for a container registry. */
export interface RegistryCredentials {
  /** The username. */
  readonly username: string;
  /** The password or token. */
  readonly password: SecretValue;
}

/** The secrets that a person provides. */
export interface StaticSecrets {
  /** Where they come from: a file or 1Password. */
  readonly origin: StaticOrigin;
  /** The paths of the files, in the order given. */
  readonly files?: readonly string[];
  /** The values, by application and key. A key without a value is absent. */
  readonly applications: ReadonlyMap<string, ReadonlyMap<string, SecretValue>>;
  /** The clients of the OpenID Connect server, by name. */
  readonly oidcClients: ReadonlyMap<string, OidcClient>;
  /** The credentials in the pull secret, by registry host, in the order of the source. */
  readonly registries: ReadonlyMap<string, RegistryCredentials>;
  /** A Vault token that may write the environment's secrets. */
  readonly vaultWriteToken: SecretValue | undefined;
  /** The version of each 1Password item read, by title. */
  readonly itemVersions?: ReadonlyMap<string, number>;
}

/** Static secrets from a file, and warnings about it. */
export interface StaticSecretsFile {
  /** The static secrets. Pass them on to `plan`. */
  readonly staticSecrets: StaticSecrets;
  /** What is valid but probably not intended, such as a secret that the environment does not require. */
  readonly warnings: readonly AnyDiagnostic[];
}
