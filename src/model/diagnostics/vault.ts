import { type AnyDiagnostic, error, type NoDetails } from "../diagnostic.js";

/** A change requested from Vault. */
export type VaultChange =
  | {
      readonly kind: "application-written" | "application-destroyed" | "metadata-written";
      readonly application: string;
    }
  | { readonly kind: "policy-written" | "app-role-written"; readonly name: string }
  | {
      readonly kind:
        | "secret-id-created"
        | "secret-id-destroyed"
        | "token-created"
        | "token-revoked"
        | "token-shortened";
    };

/** A request, as named in messages. */
export interface RequestDetails {
  readonly action: "call" | "destroy" | "list" | "read" | "revoke-self" | "write";
  /** The path, without percent-encoding; for a destroyed secret, its name. */
  readonly target: string;
}

/** What is wrong with a response that should contain or describe a new credential. */
export type CredentialFault =
  | { readonly fault: "missing" | "malformed" | "not-new"; readonly credential: "RoleID" | "SecretID" | "token" }
  | { readonly fault: "another-token"; readonly accessor: string }
  /** In seconds. */
  | { readonly fault: "lives-longer"; readonly asked: number; readonly answered: number };

/** The change to an environment's credentials written just before. */
export type WrittenCredential =
  | { readonly kind: "app-role"; readonly role: string; readonly policy: string }
  | { readonly kind: "role-id"; readonly role: string }
  | { readonly kind: "secret-id" | "token"; readonly accessor: string }
  | { readonly kind: "token-with-policy"; readonly accessor: string; readonly policy: string };

/** A response to a request. */
export interface AnswerDetails {
  readonly url: string;
  readonly status: number;
}

/** A request that failed. */
export interface FailureDetails extends AnswerDetails {
  /** Vault's message, as far as it may be shown; empty if there is none. */
  readonly reason: string;
}

/** Diagnostics about Vault and its responses. */
export const VAULT = {
  "answer-not-json": error<AnswerDetails>(),
  "answer-not-kv2": error<{ readonly path: string }>(),
  "auth-method-not-enabled": error<{ readonly mount: string }>(),
  "credential-answer-wrong": error<{ readonly url: string } & CredentialFault>(),
  "credential-not-shown": error<{ readonly written: WrittenCredential }>(),
  "list-name-invalid": error<{ readonly prefix: string }>(),
  "list-too-long": error<{ readonly prefix: string; readonly names: number; readonly most: number }>(),
  "login-failed": error<FailureDetails & { readonly method: string; readonly mount: string }>(),
  "login-token-malformed": error<{ readonly method: string }>(),
  "login-without-token": error<{ readonly method: string }>(),
  "metadata-keeps-changing": error<NoDetails, "application">(),
  "metadata-write-refused": error<{ readonly status: number; readonly reason: string }, "application">(),
  "mount-not-found": error<{ readonly url: string; readonly mount: string }>(),
  "mount-not-kv2": error<{ readonly url: string; readonly mount: string }>(),
  "namespace-not-found": error<{ readonly url: string; readonly namespace: string | undefined }>(),
  /** `again`: the command that is safe to run, if that is not the one that was typed, or "resume" if it was told. */
  "outcome-unknown": error<{
    readonly change: VaultChange;
    readonly cause: AnyDiagnostic;
    readonly again?: readonly string[] | "resume" | undefined;
  }>(),
  "permission-denied": error<{ readonly capability: string; readonly path: string }>(),
  "policy-prefix-not-literal": error<{ readonly prefix: string }>(),
  "refused-though-permitted": error<{ readonly capability: string; readonly path: string }>(),
  "secret-name-invalid": error<{ readonly name: string; readonly problem: "dots" | "surrogate" }>(),
  "secrets-too-large": error<{ readonly mebibytes: number }>(),
  /** `variable`: the one that an operator sets to a token. `from`: where the token is from, if not from there. */
  "token-refused": error<{
    readonly url: string;
    readonly variable: string;
    readonly from?: { readonly kind: "place" | "login"; readonly name: string } | undefined;
  }>(),
  /** `path`: with the mount. */
  "undeleted-version-left": error<{ readonly version: number; readonly path: string }, "application">(),
  "undeleted-version-unreadable": error<{ readonly version: number }, "application">(),
  "vault-answer-incomplete": error<{ readonly url: string; readonly path: string; readonly member: string }>(),
  "vault-lags-behind": error<{ readonly version: number; readonly known: number }, "application">(),
  "vault-redirect": error<AnswerDetails>(),
  /** `passing`: whether a retry may soon get another response. */
  "vault-request-failed": error<FailureDetails & RequestDetails & { readonly passing: boolean }>(),
  "vault-sealed": error<{ readonly url: string }>(),
} as const;
