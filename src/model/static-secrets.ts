import type { SecretValue } from "./secret-value.js";
import type { StaticOrigin } from "./static-origin.js";

/** A client of the environment's OpenID Connect server. */
export interface OidcClient {
  readonly id: string;
  readonly secret: SecretValue;
  readonly returnUri: string;
}

/** Credentials for one container registry. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: SecretValue;
}

/** What a person provides. */
export interface StaticSecrets {
  readonly origin: StaticOrigin;
  /** The files that they come from, as the operator named them, in the order in which they were given. */
  readonly files?: readonly string[];
  /** Known values by application and key; an unknown value is absent. */
  readonly applications: ReadonlyMap<string, ReadonlyMap<string, SecretValue>>;
  /** By client name. */
  readonly oidcClients: ReadonlyMap<string, OidcClient>;
  /** By registry host, in the order of the source. */
  readonly registries: ReadonlyMap<string, RegistryCredentials>;
  readonly vaultWriteToken: SecretValue | undefined;
  /** The version of each 1Password item that was read, by title. */
  readonly itemVersions?: ReadonlyMap<string, number>;
}
