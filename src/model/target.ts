import type { CurrentState } from "./current-state.js";
import type { DeclaredKind, Environment } from "./environment.js";
import type { UnknownClass } from "./plan.js";
import type { SecretRef } from "./secret.js";
import type { StaticSecrets } from "./static-secrets.js";

/** What an audit or a sync is about. What Vault holds comes to it, then what is resolved, then the plan. */
export interface Target {
  readonly environment: Environment;
  readonly staticSecrets: StaticSecrets | undefined;
  /** Applications (or `pull-secret`) that are neither written nor reported. */
  readonly exclude: ReadonlySet<string>;
  /** Take a token that may not list as if Vault were empty. */
  readonly assumeEmpty: boolean;
  /** What an application that is not enabled declares; asked for those that Vault holds something of. */
  readonly declares: (application: string) => ReadonlyMap<string, DeclaredKind>;
  /** Which of the keys that nobody requires are deleted; undefined: none. */
  readonly deletion: Deletion | undefined;
  /** What the run is limited to; undefined: everything. */
  readonly only: Scope | undefined;
  /** Whether what can be written is, although something else cannot be. */
  readonly partial?: boolean;
  /** Whether a generated secret gets a new value although Vault holds one. */
  readonly regenerate: (ref: SecretRef, current: CurrentState) => boolean;
  /** Whether a secret may be generated over a soft-deleted version. */
  readonly generateAnew: (ref: SecretRef) => boolean;
}

/** What a run is limited to. Everything else is, for this run, as Vault holds it. */
export interface Scope {
  /** Required keys by reference id: those that were named, and what follows from them. */
  readonly keys: ReadonlySet<string>;
  /** Those of them that were named. */
  readonly named: ReadonlySet<string>;
  /** Applications that were named as a whole, with what Vault holds of them and nobody requires; none if absent. */
  readonly applications?: ReadonlySet<string>;
  /** Keys that nobody requires, by reference id, which were named because Vault holds them; none if absent. */
  readonly leftovers?: ReadonlySet<string>;
}

/** Which of the keys that nobody requires a sync deletes. */
export interface Deletion {
  readonly classes: ReadonlySet<UnknownClass>;
  /** Whether a value goes although no other source of it is known. */
  readonly includeUnsourced: boolean;
  /** Whether whole secrets are destroyed, all versions, instead of deleted softly. */
  readonly purge: boolean;
  /** What is protected whatever else is said. */
  readonly keep: (ref: SecretRef) => boolean;
}
