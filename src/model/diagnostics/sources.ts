import { error, type NoDetails, note, type Place, warning } from "../diagnostic.js";
import type { StaticOrigin } from "../static-origin.js";
import type { ValueOddity } from "../value-oddity.js";
import type { TypedCommand } from "./operations.js";
import { ONEPASSWORD } from "./onepassword.js";

export interface File {
  /** As the operator named it. */
  readonly file: string;
}

/** Where age identities were read from: files as the operator named them, or variables. */
export interface Origin {
  readonly origin: string;
}

/** What a static secrets file can contain a value for. */
export type StaticPart = "secret" | "oidc-client" | "registry" | "write-token";

/** What a name may be a typo of. */
export interface Meant {
  readonly meant: string | undefined;
}

/** A feature of a SOPS file that is not supported. */
export type UnsupportedInSops =
  | { readonly feature: "key-groups"; readonly count: number }
  /** No age recipients; `kinds`: the recipients that it has instead. */
  | { readonly feature: "recipients"; readonly kinds: readonly string[] }
  | { readonly feature: "rules"; readonly rules: readonly string[] }
  | { readonly feature: "pattern"; readonly rule: string };

/** Diagnostics about static secrets and their sources. */
export const SOURCES = {
  /** What static secrets are compared with; `files`, `title`: undefined for the other kinds. */
  "static-source": note<
    {
      readonly origin: StaticOrigin | "vault";
      readonly files?: readonly string[];
      readonly title?: string;
      /** How many secrets have no value there. */
      readonly uncompared?: number;
    },
    "environment"
  >(),
  ...ONEPASSWORD,
  "age-file-damaged": error<File>(),
  "age-file-rewritten": error<File & { readonly encoding: "UTF-8" | "UTF-16"; readonly armoured: boolean }>(),
  "age-identities-missing": error<Origin>(),
  "age-identities-unsupported": error<Origin>(),
  "age-identity-damaged": error<{ readonly origins: readonly string[] }>(),
  "age-identity-malformed": error<Origin & { readonly line: number }>(),
  "age-identity-unfit": error<File & { readonly origins: readonly string[] }>(),
  "age-passphrase-wrong": error<File>(),
  /** Without the recipient if it may be a private key, pasted by mistake. */
  "age-recipient-malformed": error<{ readonly recipient?: string }>(),
  "age-work-factor-too-high": error<File>(),
  "byte-order-mark-ignored": note(),
  "secrets-file-application-unused": warning<Meant, "environment" | "application">(),
  "secrets-file-empty": error(),
  "secrets-file-exposed": warning<File & { readonly mode: string }>(),
  "secrets-file-not-own": warning<File>(),
  /**
   * `meant`: the file beside it that was most likely meant. `namedAt`: where the tree names it; if absent, the operator
   * did.
   */
  "secrets-file-unreadable": error<
    File & { readonly reason: string; readonly meant?: string | undefined; readonly namedAt?: Place | undefined }
  >(),
  "secrets-file-value-not-required": warning<Meant, "environment" | "application" | "key">(),
  "secrets-file-value-not-static": warning<NoDetails, "environment" | "application" | "key">(),
  /** The last of the files wins. */
  "secrets-typed": error(),
  "secrets-files-differ": warning<
    { readonly part: StaticPart; readonly name: string; readonly files: readonly [string, string] },
    "environment"
  >(),
  "sops-data-key-malformed": error(),
  "sops-mac-mismatch": error(),
  "sops-mac-missing": error<File>(),
  "sops-metadata-malformed": error<{ readonly field: string }>(),
  "sops-store-unsupported": error<File & { readonly store: "binary" | "dotenv" | "INI" }>(),
  "sops-unsupported": error<File & UnsupportedInSops>(),
  "sops-value-unreadable": error<{ readonly path: readonly string[] }>(),
  /** `environments`: for which `phalanx.yaml` names it. */
  "edited-file-of-other-environment": error<File & { readonly environments: readonly string[] }, "environment">(),
  "static-file-of-other-environment": warning<File & { readonly environments: readonly string[] }, "environment">(),
  "static-secrets-complete": note<NoDetails, "environment">(),
  /** Where they could be provided, and in which file; neither if Vault is their only home. */
  "static-secrets-missing": note<
    {
      readonly secrets: readonly string[];
      readonly origin: StaticOrigin | undefined;
      readonly file?: string | undefined;
      /** Those of which an earlier version may have had a value. */
      readonly earlier: readonly string[];
      /** Whether some are only soft-deleted. */
      readonly restorable?: boolean;
    },
    "environment"
  >(),
  "value-odd": warning<{ readonly oddity: ValueOddity; readonly from: "file" | "input" } & Partial<TypedCommand>>(),
} as const;
