import { type AnyDiagnostic, error, type NoDetails, note, warning } from "../diagnostic.js";
import type { ConnectRequest, MissingInOnepassword, StructuredItem } from "../onepassword.js";
import type { ValueOddity } from "../value-oddity.js";

export interface Connect {
  /** Of the Connect server. */
  readonly url: string;
}

/** A field of a 1Password item, by its label. */
export interface ItemField {
  readonly item: string;
  readonly label: string;
}

export interface Near {
  /** The existing label or title, which differs only in case or whitespace. */
  readonly near?: string | undefined;
}

/** Diagnostics about 1Password and its contents. */
export const ONEPASSWORD = {
  "onepassword-answer-not-json": error<Connect & { readonly status: number }>(),
  "onepassword-answer-unusable": error<Connect & { readonly request: ConnectRequest }>(),
  "onepassword-busy": error<Connect & { readonly seconds: number }>(),
  "onepassword-field-ambiguous": error<ItemField & { readonly section?: string; readonly count: number }>(),
  "onepassword-field-empty": error<ItemField & Near & { readonly item: StructuredItem; readonly section: string }>(),
  "onepassword-field-not-text": error<ItemField & { readonly section?: string }>(),
  "onepassword-item-misnamed": warning<{ readonly item: string; readonly near: string }>(),
  "onepassword-item-not-used": warning<ItemField & Near>(),
  "onepassword-item-only-notes": warning<{ readonly item: StructuredItem }>(),
  "onepassword-field-outside-section": error<ItemField & { readonly item: StructuredItem }>(),
  "onepassword-item-ambiguous": error<{ readonly item: string; readonly count: number }>(),
  "onepassword-item-in-doubt": error<{ readonly item: string; readonly cause: AnyDiagnostic }>(),
  "onepassword-item-without-fields": error<{ readonly item: StructuredItem }>(),
  "onepassword-items-missing": error<{ readonly missing: readonly MissingInOnepassword[] }, "environment">(),
  "onepassword-not-permitted": error<Connect & { readonly request: ConnectRequest; readonly variable: string }>(),
  "onepassword-redirect": error<Connect & { readonly status: number }>(),
  "onepassword-request-failed": error<Connect & { readonly request: ConnectRequest; readonly status: number }>(),
  "onepassword-token-refused": error<Connect & { readonly variable: string }>(),
  "onepassword-too-many-requests": error<Connect>(),
  "onepassword-value-marked": note<ItemField & { readonly section?: string }>(),
  "onepassword-value-not-base64": error<NoDetails, "application" | "key">(),
  "onepassword-value-odd": warning<
    ItemField & { readonly section?: string; readonly encoded: boolean; readonly oddity: ValueOddity }
  >(),
  "onepassword-vault-ambiguous": error<Connect & { readonly vault: string; readonly count: number }>(),
  "onepassword-vault-unknown": error<Connect & { readonly vault: string; readonly known: readonly string[] }>(),
} as const;
