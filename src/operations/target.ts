import type { Environment } from "../model/environment.js";
import type { SecretRef } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";

/** What an audit or a sync is about. */
export interface Target {
  readonly environment: Environment;
  readonly staticSecrets: StaticSecrets | undefined;
  /** Applications (or `pull-secret`) to leave alone. */
  readonly exclude: ReadonlySet<string>;
  /** Take a token that may not list as if Vault were empty. */
  readonly assumeEmpty: boolean;
  /** Whether keys that nobody requires are deleted. */
  readonly deleteUnknown: boolean;
  /** Whether a generated secret gets a new value although Vault holds one. */
  readonly regenerate: (ref: SecretRef) => boolean;
  /** Whether a secret may be generated over a soft-deleted version. */
  readonly generateAnew: (ref: SecretRef) => boolean;
}
