import type { UnresolvedReason } from "./plan.js";
import type { AnyDiagnostic, Place } from "./diagnostic.js";
import type { RuleName } from "./declaration.js";
import type { SecretRef, SecretNature } from "./secret.js";

/** Why something about a secret changes. */
export type DiffReason =
  | { readonly kind: "environment-added" | "environment-removed" }
  | { readonly kind: "application-enabled" | "application-disabled"; readonly at: Place }
  | { readonly kind: "declaration-added" | "declaration-removed" | "declaration-changed"; readonly at: Place }
  /** A Helm value changed what a condition says; `at` is undefined if no values file ever held it. */
  | {
      readonly kind: "condition-flipped";
      readonly of: RuleName;
      readonly path: string;
      readonly holds: boolean;
      readonly at: Place | undefined;
      /** Whether `at` is where the value was, because it is set nowhere now. */
      readonly unset: boolean;
    }
  /** The condition itself was written, removed, or written differently. */
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

/** What the next sync does about it, as far as that can be said without Vault. */
export type Consequence =
  /** It cannot go on without a value that only a person has. */
  | "ask-for-value"
  | "generate"
  /** It keeps what Vault holds. */
  | "keep"
  | "copy"
  | "compose"
  | "write-fixed"
  /** The clients of the static source are written. */
  | "write-clients"
  /** What Vault holds becomes unknown, and stays. */
  | "leave-unknown"
  | "decode-differently"
  /** It stops: what the secret comes from is not there. */
  | "stop"
  /** Nothing syncs the environment any more. */
  | "none";

export interface SecretDiff extends SecretRef {
  readonly aspect: DiffAspect;
  readonly before: SecretNature | undefined;
  readonly after: SecretNature | undefined;
  readonly reasons: readonly DiffReason[];
  readonly consequence: Consequence;
  readonly description: string | undefined;
}

/** What looks like the same secret under another name. Vault keeps the value under the old one. */
export interface SecretRename {
  readonly from: SecretRef;
  readonly to: SecretRef;
  /** Whether a sync cannot make the same value again: it generates another one, or a person has to provide it. */
  readonly valueIsLost: boolean;
}

/** A setting that says where secrets are; undefined where it is not set. */
export interface SettingDiff {
  readonly setting: "vaultUrl" | "vaultPathPrefix" | "onepassword.connectUrl" | "onepassword.vaultTitle";
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Whether what it was cannot be read, so that it may be new. */
  readonly beforeUnreadable?: boolean;
  readonly at: Place;
}

/** A change of where tokens and secrets go. */
export interface AddressChange {
  /** The environment, or the file that is about all of them. */
  readonly of: string;
  readonly setting: string;
  /** Null: something that may not be shown, as it is refused. */
  readonly before: string | null | undefined;
  readonly after: string | null | undefined;
  readonly beforeUnreadable?: boolean;
  readonly at: Place;
}

/** What the two sides say of how to get at the environments, in one file. */
export interface FleetDiff {
  readonly of: string;
  readonly unreadable: readonly UnreadableSide[];
  readonly changes: readonly AddressChange[];
}

/** A secret that has a source no more, so that a sync stops. */
export interface StoppingSecret extends SecretRef {
  readonly reason: UnresolvedReason;
}

export interface UnreadableSide {
  /** The name of the side, as in the whole. */
  readonly side: string;
  readonly problems: readonly AnyDiagnostic[];
}

export interface EnvironmentDiff {
  readonly environment: string;
  /** `unknown` if a side cannot be read. */
  readonly status: "added" | "removed" | "changed" | "same" | "unknown";
  /** Whether there is such an environment before, be it broken. */
  readonly existed: boolean;
  readonly unreadable: readonly UnreadableSide[];
  readonly settings: readonly SettingDiff[];
  /** By application, then key. */
  readonly secrets: readonly SecretDiff[];
  /** Of them, what has another name now. */
  readonly renames: readonly SecretRename[];
  /** Where in Vault its secrets are, if that stays as it is. */
  readonly prefix: string | undefined;
  /** What a sync stops on that it did not stop on before. */
  readonly stops: readonly StoppingSecret[];
  /** What it stopped on before. */
  readonly repaired: readonly SecretRef[];
}

/** What a change in Git means for secrets. It holds no value. */
export interface ConfigurationDiff {
  /** Names of the two sides, as an operator would say them. */
  readonly before: string;
  readonly after: string;
  readonly fleet: readonly FleetDiff[];
  /** Every environment that was looked at, in code point order. */
  readonly environments: readonly EnvironmentDiff[];
}

/** The secrets of an environment that become static, and have to come from a person. */
export function newStatic({ secrets }: EnvironmentDiff): readonly SecretDiff[] {
  return secrets.filter(isNewStatic);
}

export function isNewStatic({ before, after }: SecretDiff): boolean {
  return after?.kind === "static" && before?.kind !== "static";
}

/** Whether the environment's secrets are somewhere else afterwards. */
export function secretsMove({ status, settings }: EnvironmentDiff): boolean {
  return status === "changed" && settings.some(({ setting }) => setting.startsWith("vault"));
}

export function differs({ status }: EnvironmentDiff): boolean {
  return status !== "same";
}

/** Whether there is anything to tell. */
export function anythingDiffers(diff: ConfigurationDiff): boolean {
  return (
    diff.environments.some(differs) ||
    diff.fleet.some(({ unreadable, changes }) => unreadable.length + changes.length > 0)
  );
}

/** Everything about where tokens and secrets go. What holds already comes first: of it, nobody can add any. */
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
