import type { UnresolvedReason } from "./plan.js";
import type { AnyDiagnostic, Place } from "./diagnostic.js";
import type { RuleName } from "./declaration.js";
import type { SecretRef, SecretNature } from "./secret.js";

/** Why something about a secret changes. */
export type DiffReason =
  | { readonly kind: "environment-added" | "environment-removed" }
  | { readonly kind: "application-enabled" | "application-disabled"; readonly at: Place }
  | { readonly kind: "declaration-added" | "declaration-removed" | "declaration-changed"; readonly at: Place }
  /** A Helm value changed the result of a condition; `at` is undefined if no values file ever contained it. */
  | {
      readonly kind: "condition-flipped";
      readonly of: RuleName;
      readonly path: string;
      readonly holds: boolean;
      readonly at: Place | undefined;
      /** Whether `at` is the old position of the value, because it is no longer set. */
      readonly unset: boolean;
    }
  /** The condition itself was added, removed or edited. */
  | {
      readonly kind: "condition-changed";
      readonly of: RuleName;
      readonly before: string | undefined;
      readonly after: string | undefined;
      readonly at: Place;
    };

/** What about a secret changes. */
export type DiffAspect =
  | "required"
  | "not-required"
  | "kind"
  | "source"
  | "generator"
  | "fixed-value"
  | "template"
  | "encoding";

/** What the next sync does about it, as far as that is known without Vault. */
export type Consequence =
  /** It cannot continue without a value that only a person has. */
  | "ask-for-value"
  | "generate"
  /** It keeps the value in Vault. */
  | "keep"
  | "copy"
  | "compose"
  | "write-fixed"
  /** It writes the clients of the static source. */
  | "write-clients"
  /** The value in Vault becomes unknown, and stays. */
  | "leave-unknown"
  | "decode-differently"
  /** It stops: the secret's source is missing. */
  | "stop"
  /** The environment is no longer synced. */
  | "none";

export interface SecretDiff extends SecretRef {
  readonly aspect: DiffAspect;
  readonly before: SecretNature | undefined;
  readonly after: SecretNature | undefined;
  readonly reasons: readonly DiffReason[];
  readonly consequence: Consequence;
  readonly description: string | undefined;
}

/** What looks like the same secret under another name. Vault keeps the value under the old name. */
export interface SecretRename {
  readonly from: SecretRef;
  readonly to: SecretRef;
  /** Whether a sync cannot reproduce the value: it generates another one, or a person has to provide it. */
  readonly valueIsLost: boolean;
}

/** A setting that says where secrets are; undefined if it is not set. */
export interface SettingDiff {
  /** `name`: of an environment that was renamed and keeps its place in Vault. */
  readonly setting: "name" | "vaultUrl" | "vaultPathPrefix" | "onepassword.connectUrl" | "onepassword.vaultTitle";
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Whether the old value cannot be read, so that the setting may be new. */
  readonly beforeUnreadable?: boolean;
  readonly at: Place;
}

/** A change of where tokens and secrets go. */
export interface AddressChange {
  /** The environment, or the file that covers all of them. */
  readonly of: string;
  readonly setting: string;
  /** Null: must not be shown, because it is invalid. */
  readonly before: string | null | undefined;
  readonly after: string | null | undefined;
  readonly beforeUnreadable?: boolean;
  readonly at: Place;
}

/** The two sides' settings for access to the environments, in one file. */
export interface FleetDiff {
  readonly of: string;
  readonly unreadable: readonly UnreadableSide[];
  readonly changes: readonly AddressChange[];
}

/** A secret that no longer has a source, so that a sync stops. */
export interface StoppingSecret extends SecretRef {
  readonly reason: UnresolvedReason;
}

export interface UnreadableSide {
  /** The name of the side, as in the overall comparison. */
  readonly side: string;
  readonly problems: readonly AnyDiagnostic[];
}

export interface EnvironmentDiff {
  readonly environment: string;
  /** `unknown` if a side cannot be read. */
  readonly status: "added" | "removed" | "changed" | "same" | "unknown";
  /** Whether the environment existed before, even if broken. */
  readonly existed: boolean;
  readonly unreadable: readonly UnreadableSide[];
  readonly settings: readonly SettingDiff[];
  /** By application, then key. */
  readonly secrets: readonly SecretDiff[];
  /** Those of them that look renamed. */
  readonly renames: readonly SecretRename[];
  /** Where its secrets are in Vault, unless that changes. */
  readonly prefix: string | undefined;
  /** What newly stops a sync. */
  readonly stops: readonly StoppingSecret[];
  /** What no longer stops a sync. */
  readonly repaired: readonly SecretRef[];
}

/** What a change in Git means for secrets. Contains no value. */
export interface ConfigurationDiff {
  /** Names of the two sides, as an operator would write them. */
  readonly before: string;
  readonly after: string;
  readonly fleet: readonly FleetDiff[];
  /** Every compared environment, in code point order. */
  readonly environments: readonly EnvironmentDiff[];
}

/** The secrets of an environment that become static, and have to be provided by a person. */
export function newStatic({ secrets }: EnvironmentDiff): readonly SecretDiff[] {
  return secrets.filter(isNewStatic);
}

export function isNewStatic({ before, after }: SecretDiff): boolean {
  return after?.kind === "static" && before?.kind !== "static";
}

export function secretsMove({ status, settings }: EnvironmentDiff): boolean {
  return status === "changed" && settings.some(({ setting }) => setting.startsWith("vault"));
}

export function differs({ status }: EnvironmentDiff): boolean {
  return status !== "same";
}

/** Whether there is anything to report. */
export function anythingDiffers(diff: ConfigurationDiff): boolean {
  return (
    diff.environments.some(differs) ||
    diff.fleet.some(({ unreadable, changes }) => unreadable.length + changes.length > 0)
  );
}

/**
 * Everything about where tokens and secrets go. Existing environments come first: a change cannot add more of those.
 */
export function addressChanges({ fleet, environments }: ConfigurationDiff): AddressChange[] {
  const of = (chosen: (environment: EnvironmentDiff) => boolean): AddressChange[] =>
    environments
      .filter(chosen)
      .flatMap(({ environment, settings }) => settings.map((setting) => ({ of: environment, ...setting })));
  return [
    ...of(({ existed, status }) => existed && status !== "removed"),
    ...of(({ status }) => status === "removed"),
    ...fleet.flatMap(({ changes }) => changes),
    ...of(({ existed }) => !existed),
  ];
}
