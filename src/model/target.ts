import type { AnyDiagnostic } from "./diagnostic.js";
import type { CurrentState } from "./current-state.js";
import type { DeclaredKind, Environment } from "./environment.js";
import type { UnknownClass } from "./plan.js";
import type { SecretRef } from "./secret.js";
import type { StaticSecrets } from "./static-secrets.js";

/** What a plan is made for. */
export interface Target {
  /** The environment. */
  readonly environment: Environment;
  /** The static secrets. If undefined, static secrets keep the values that Vault holds. */
  readonly staticSecrets: StaticSecrets | undefined;
  /** Applications (or `pull-secret`) that are neither written nor reported. */
  readonly exclude: ReadonlySet<string>;
  /** Whether to treat Vault as empty if the token may not list it. */
  readonly assumeEmpty: boolean;
  /** Returns what a disabled application declares. Called for those that have a secret in Vault. */
  readonly declares: (application: string) => ReadonlyMap<string, DeclaredKind>;
  /** Which of the keys that are not required to delete. Undefined: none. */
  readonly deletion: Deletion | undefined;
  /** The secrets to which the plan is limited. Undefined: all. */
  readonly only: Scope | undefined;
  /** Whether to write what can be written if something else cannot. */
  readonly partial?: boolean;
  /** Whether to replace a generated secret that Vault holds. */
  readonly regenerate: (ref: SecretRef, current: CurrentState) => boolean;
  /** Whether to generate a secret if the latest version is deleted or destroyed. */
  readonly generateAnew: (ref: SecretRef) => boolean;
}

/** The secrets to which a plan is limited. All others keep the values that Vault holds. */
export interface Scope {
  /** Required keys, as reference ids: those named, and those derived from them. */
  readonly keys: ReadonlySet<string>;
  /** Those of them that were named explicitly. */
  readonly named: ReadonlySet<string>;
  /** Applications named as a whole, including their keys in Vault that are not required. */
  readonly applications?: ReadonlySet<string>;
  /** Named keys that Vault holds and that are not required, as reference ids. */
  readonly leftovers?: ReadonlySet<string>;
}

/** Which of the keys that are not required to delete. */
export interface Deletion {
  /** Why they are not required. */
  readonly classes: ReadonlySet<UnknownClass>;
  /** Whether to delete values that may exist only in Vault. */
  readonly includeUnsourced: boolean;
  /** Whether to destroy all versions of a secret, instead of soft-deleting the latest. */
  readonly purge: boolean;
  /** Whether to keep a key in any case. */
  readonly keep: (ref: SecretRef) => boolean;
  /** Why an application may require more than was read, so that its keys are kept too. */
  readonly doubts: (application: string) => readonly Doubt[];
}

/** Something in the configuration that seems to be misnamed. */
export interface Doubt {
  readonly because: AnyDiagnostic;
  /** Whether loading the environment warned of it. */
  readonly isTold: boolean;
}
