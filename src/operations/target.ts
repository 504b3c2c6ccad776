import type { CurrentState } from "../model/current-state.js";
import type { DeclaredKind, Deletion } from "../model/deletion.js";
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
  /** What an application that is not enabled declares; asked for those that Vault holds something of. */
  readonly declares: (application: string) => ReadonlyMap<string, DeclaredKind>;
  /** Which of the keys that nobody requires are deleted; undefined: none. */
  readonly deletion: Deletion | undefined;
  /** The keys that the run is limited to, by reference id; undefined: all. */
  readonly only: ReadonlySet<string> | undefined;
  /** Whether a generated secret gets a new value although Vault holds one. */
  readonly regenerate: (ref: SecretRef, current: CurrentState) => boolean;
  /** Whether a secret may be generated over a soft-deleted version. */
  readonly generateAnew: (ref: SecretRef) => boolean;
}
