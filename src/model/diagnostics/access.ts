import { type AnyDiagnostic, error, type NoDetails, warning } from "../diagnostic.js";

/** A file as the operator named it, and why it cannot be read: the system's code or a `FileFault`. */
export interface UnreadableFile {
  readonly file: string;
  readonly reason: string;
}

/** A variable that names a server, and the configuration's server. */
export interface OtherServer {
  /** Without credentials; absent unless it is an http or https URL, because otherwise they could be anywhere in it. */
  readonly address?: string | undefined;
  readonly url: string;
}

/** What is wrong with a PEM file. */
export type PemFault =
  | "certificate-malformed"
  | "key-encrypted"
  | "key-malformed"
  | "no-certificate"
  | "no-file-with-certificate"
  | "no-key";

/** Diagnostics about how a command reaches Vault and 1Password. */
export const ACCESS = {
  "auth-method-unknown": error<{ readonly method: string; readonly known: readonly string[] }>(),
  "auth-mount-invalid": error<{ readonly mount: string }>(),
  "auth-role-missing": error<{ readonly method: string }>(),
  "auth-token-missing": error(),
  "auth-variable-missing": error<{ readonly variable: string; readonly fileVariable: string }>(),
  "clock-differs": warning<{ readonly seconds: number; readonly clock: "ahead" | "behind" }>(),
  "connect-server-differs": error<OtherServer & { readonly tokenVariable: string }>(),
  "connect-token-missing": error<{ readonly variable: string; readonly vault: string }>(),
  "connection-not-encrypted": warning<{ readonly url: string }>(),
  /** `setting` names the file. */
  "credential-file-unreadable": error<UnreadableFile & { readonly setting: string }>(),
  "credential-file-not-own": warning<{ readonly file: string }>(),
  "github-token-refused": error<{ readonly status: number }>(),
  "github-variables-malformed": error(),
  "identity-file-encrypted": error<{ readonly file: string }>(),
  "identity-file-unreadable": error<UnreadableFile>(),
  /** `variables` could name one. */
  "identity-missing": error<{ readonly file: string; readonly variables: readonly string[] }>(),
  "namespace-invalid": error(),
  "onepassword-not-configured": error<NoDetails, "environment">(),
  "passphrase-missing": error<{ readonly file: string }>(),
  "passphrase-without-terminal": error<{ readonly file: string }>(),
  "secrets-token-missing": error<{ readonly variable: string }, "environment">(),
  "timeout-malformed": error<{ readonly variable: string; readonly value: string }>(),
  "timeout-zero": error<{ readonly variable: string; readonly value: string }>(),
  /** `setting` contains the URL. */
  "tls-required": error<{ readonly url: string; readonly setting: string }>(),
  "tls-file-unreadable": error<UnreadableFile & { readonly variable: string }>(),
  "tls-file-unusable": error<{ readonly file: string; readonly variable: string; readonly fault: PemFault }>(),
  "tls-key-of-other-certificate": error(),
  "tls-verification-skipped": warning(),
  /** `origin` is a variable, a file, or the item of the static secrets. */
  "token-malformed": error<{ readonly origin: string }>(),
  "token-not-revoked": warning<{ readonly cause: AnyDiagnostic }>(),
  "token-revoked-too-late": error(),
  "vault-server-differs": error<OtherServer>(),
  "vault-server-overridden": warning<OtherServer>(),
  /** `unusedFor`: the configuration's server, if `~/.vault-token` was not used only because no variable names it. */
  "vault-token-missing": error<{ readonly variable: string; readonly unusedFor?: string }>(),
} as const;
