import type { ObjectName } from "./consumer.js";
import type { Change } from "./plan.js";
import type { GenerateRule, SecretRef } from "./secret.js";
import type { ConsumerGap, FoundBy } from "./who-uses.js";

/** What a changed or deleted value breaks. `render/effect.ts` puts it into words. */
export type Effect =
  | "argocd-logins-end"
  | "bootstrap-token-refused"
  | "certificate-replaced"
  | "database-clients-refused"
  | "earlier-logins-end"
  | "encrypted-data-unreadable"
  | "hash-decides-login"
  | "images-pulled-anew"
  | "issuer-decides"
  | "oidc-clients-refused"
  | "oidc-tokens-invalid"
  | "old-hash-refused"
  | "old-login-refused"
  | "old-password-refused"
  | "old-token-refused"
  | "old-value-refused"
  | "readers-find-nothing"
  | "redis-clients-refused"
  | "sessions-and-redis-lost"
  | "sessions-end"
  | "sources-unchanged"
  | "signatures-invalid";

/** What one change breaks. */
export interface Invalidation {
  /** What stops working. */
  readonly effect: Effect;
  /** Whether stored data becomes unreadable, which no restart repairs. */
  readonly permanent: boolean;
}

/** Where a new value comes from. `render/origin.ts` puts it into words. */
export type Origin =
  | { readonly kind: "generated"; readonly generator: GenerateRule["type"] }
  /** Any one of these files. */
  | { readonly kind: "file"; readonly files: readonly string[] }
  | { readonly kind: "onepassword"; readonly item: string }
  /** Typed, or read from standard input. */
  | { readonly kind: "input" }
  | { readonly kind: "copied"; readonly sources: readonly SecretRef[] }
  | { readonly kind: "made"; readonly by: GenerateRule["type"] | "template"; readonly sources: readonly SecretRef[] }
  /** `value:` in this `secrets.yaml` or `secrets-ENV.yaml`. */
  | { readonly kind: "fixed"; readonly file?: string }
  /** No source of static secrets says that there are any. */
  | { readonly kind: "no-clients" }
  /** An earlier version of the same application in Vault. */
  | { readonly kind: "version"; readonly version: number }
  /** Another prefix of the same Vault. */
  | { readonly kind: "prefix"; readonly prefix: string };

/** The consequences of one change. */
export interface ChangeImpact {
  /** The change. */
  readonly change: Change;
  /** Where the new value comes from. */
  readonly origin?: Origin;
  /** Secrets derived from it, directly or indirectly, that change with it. */
  readonly followers: readonly SecretRef[];
  /** Derived secrets that do not change with it, and go stale. */
  readonly leftBehind: readonly SecretRef[];
  /** Whether these two lists are incomplete. */
  readonly isCut?: boolean;
  /** What it breaks. Undefined if nothing. */
  readonly invalidates: Invalidation | undefined;
}

/** What a plan breaks, and what to restart. */
export interface Impact {
  /** One entry for each change, in the order of the plan. */
  readonly changes: readonly ChangeImpact[];
  /** Applications to restart, because their pods still use old values. */
  readonly restart: readonly string[];
}

/** How to restart something that still uses an old value. */
export type RestartAdvice =
  /** `kubectl rollout restart` replaces its pods. */
  | "rollout-restart"
  /** A CronJob: its next run uses the new value. */
  | "next-run"
  /** A Job: run it again. */
  | "run-again"
  /** It uses something that is now missing. */
  | "not-yet"
  /** A bare pod, or pods of another controller: recreate them. */
  | "make-anew"
  /** Not a workload: decide case by case. */
  | "look";

/** A key that a run removes. */
export interface RemovedKey {
  /** APP/KEY. */
  readonly id: string;
  /** Whether the environment requires it; otherwise, it was deleted on purpose. */
  readonly isRequired: boolean;
}

/** Something that still uses an old value. */
export interface RestartStep {
  readonly object: ObjectName;
  readonly advice: RestartAdvice;
  /** Whether it only mounts files, which are updated in place. Whether the program reloads them is unknown. */
  readonly files: boolean;
  /** With "not-yet": the keys that it needs and that were removed. */
  readonly missing?: readonly string[];
}

/** An application with changed values, and what still uses the old ones, in a safe order. */
export interface AppliedRestart {
  readonly application: string;
  /** Its Kubernetes namespace, and the first Secret there that is made from the changed values. */
  readonly namespace: string | null;
  readonly secret: string | null;
  /** How the steps were found. Null if they were not. */
  readonly by: FoundBy | null;
  /** Something that uses values of several applications is listed with the last of them. */
  readonly steps: readonly RestartStep[];
  /** What may use an old value. */
  readonly unknown: readonly ConsumerGap[];
}
