import type { Change } from "./plan.js";
import type { GenerateRule, SecretRef } from "./secret.js";

/** What a new or deleted value breaks; its words are in `render/effect.ts`. */
export type Effect =
  | "argocd-logins-end"
  | "bootstrap-token-refused"
  | "certificate-replaced"
  | "database-clients-refused"
  | "earlier-logins-end"
  | "encrypted-data-unreadable"
  | "images-pulled-anew"
  | "oidc-clients-refused"
  | "oidc-tokens-invalid"
  | "old-login-refused"
  | "old-password-refused"
  | "old-token-refused"
  | "old-value-refused"
  | "readers-find-nothing"
  | "redis-clients-refused"
  | "sessions-and-redis-lost"
  | "sessions-end"
  | "signatures-invalid";

/** What one change breaks. */
export interface Invalidation {
  readonly effect: Effect;
  /** Stored data becomes unreadable, which no restart repairs. */
  readonly permanent: boolean;
}

/** Where a new value comes from; its words are in `render/origin.ts`. */
export type Origin =
  | { readonly kind: "generated"; readonly generator: GenerateRule["type"] }
  /** Of several files, it may be any of them. */
  | { readonly kind: "file"; readonly files: readonly string[] }
  | { readonly kind: "onepassword"; readonly item: string }
  /** What was typed, or came from standard input. */
  | { readonly kind: "input" }
  | { readonly kind: "copied"; readonly sources: readonly SecretRef[] }
  | { readonly kind: "made"; readonly by: GenerateRule["type"] | "template"; readonly sources: readonly SecretRef[] }
  /** `value:` in a secrets.yaml. */
  | { readonly kind: "fixed" }
  /** No source of static secrets says that there are any. */
  | { readonly kind: "no-clients" }
  /** An earlier version of the same application in Vault. */
  | { readonly kind: "version"; readonly version: number }
  /** Another prefix of the same Vault. */
  | { readonly kind: "prefix"; readonly prefix: string };

/** What one change brings about. */
export interface ChangeImpact {
  readonly change: Change;
  readonly origin?: Origin;
  /** Secrets that copy it or are made from it, directly or not, and that change with it. */
  readonly followers: readonly SecretRef[];
  /** Those that should follow and do not, because their application is left alone. */
  readonly leftBehind: readonly SecretRef[];
  /** Whether there are more of them, which were not looked at. */
  readonly isCut?: boolean;
  readonly invalidates: Invalidation | undefined;
}

/** The blast radius of a plan. */
export interface Impact {
  /** One for each change, in the order of the plan. */
  readonly changes: readonly ChangeImpact[];
  /** Applications whose running pods hold something old. */
  readonly restart: readonly string[];
}

/** An application to restart once something was written, and where it runs, as far as the configuration says. */
export interface AppliedRestart {
  readonly application: string;
  /** Its Kubernetes namespace. */
  readonly namespace: string | null;
}
