import { type AnyDiagnostic, error, type NoDetails, warning } from "../diagnostic.js";
import type { PrefixFault } from "../names.js";
import type { CharacterClass } from "../secret.js";
import type { NotUtf8 } from "../text-encoding.js";
import type { YamlKind } from "./yaml.js";

/** Why no password can satisfy a `random` rule. */
export type ImpossibleRule =
  | { readonly reason: "charset-repeats" | "charset-has-control-character" }
  | { readonly reason: "minimums-exceed-length"; readonly total: number }
  | { readonly reason: "class-not-in-charset"; readonly class: CharacterClass };

/** Where several problems are; all but the list of environments have a name. */
export interface ProblemsOf {
  readonly of: "application" | "configuration" | "environments" | "file" | "onepassword-vault" | "settings";
  readonly name?: string;
}

/** A file that nothing reads, and the path that would be read. */
export interface Renaming {
  readonly path: string;
  readonly meant: string;
}

export interface InField {
  readonly field: string;
}

/** Diagnostics about the configuration. */
export const CONFIG = {
  "application-name-invalid": error<NoDetails, "application">(),
  "application-not-boolean": error<{ readonly is: YamlKind }, "application">(),
  "application-reserved": error<NoDetails, "application">(),
  "chart-missing": error<NoDetails, "environment" | "application">(),
  "condition-not-path": error<NoDetails, "application" | "key">(),
  "configuration-not-found": error(),
  "configuration-of-other-user": error<{ readonly root: string; readonly path: string }>(),
  "configuration-root-invalid": error<{ readonly given: string; readonly missing: readonly string[] }>(),
  "configuration-writable-by-all": error<{ readonly root: string; readonly path: string }>(),
  "description-missing": error<NoDetails, "application" | "key">(),
  "environment-name-invalid": error<NoDetails, "environment">(),
  "environment-unknown": error<{ readonly known: readonly string[]; readonly misnamed?: Renaming }, "environment">(),
  "file-binary": error(),
  "file-empty": error(),
  "file-is-directory": error(),
  /** Nothing reads it. */
  "file-misnamed": warning<Renaming>(),
  "file-missing": error(),
  "file-not-regular": error(),
  "file-not-utf8": error<NotUtf8>(),
  "file-too-large": error(),
  "file-unreadable": error<{ readonly reason: string }>(),
  "fleet-environment-unknown": error<{ readonly known: readonly string[] }, "environment">(),
  "fleet-field-not-in-tree": error<InField>(),
  "fleet-login-not-in-tree": error<{ readonly auth: "kubernetes" | "jwt" }>(),
  "declared-mount-without-login": error(),
  /** `config`: the tree's file that names it. */
  "declared-secrets-outside": error<{ readonly config: string }>(),
  "declared-secrets-missing": error<{ readonly path: string; readonly meant: string | undefined }>(),
  "declared-secrets-unusable": error<{ readonly config: string; readonly cause: AnyDiagnostic }>(),
  "fleet-variable-not-own": error<InField & { readonly own: string }>(),
  "fleet-variable-shared": error<{ readonly variable: string }>(),
  "link-leads-out": error(),
  "link-loop": error(),
  "prefix-invalid": error<InField & PrefixFault>(),
  "problems-found": error<ProblemsOf & { readonly count: number }>(),
  "random-rule-impossible": error<ImpossibleRule, "application" | "key">(),
  /** Both conditions are true in an environment. */
  "rules-conflict": error<NoDetails, "application" | "key">(),
  /** Neither has a condition. */
  "rules-unconditional": error<NoDetails, "application" | "key">(),
  "secret-without-name": error<NoDetails, "application">(),
  /** Nothing reads it, but another field has a similar name. */
  "setting-mistyped": warning<InField & { readonly meant: string }, "environment">(),
  "setting-missing": error<InField>(),
  "template-dollar": error<NoDetails, "application" | "key">(),
  "template-filter-unknown": error<{ readonly filter: string }, "application" | "key">(),
  "template-without-secret": error<NoDetails, "application" | "key">(),
  "url-ends-in-v1": error<InField>(),
  "url-invalid": error<InField>(),
  "url-misleading": error<InField & { readonly host: string }>(),
  "url-with-credentials": error<InField>(),
  "url-with-query": error<InField>(),
  "value-beside-rule": error<NoDetails, "application" | "key">(),
} as const;
