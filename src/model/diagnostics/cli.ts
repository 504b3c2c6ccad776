import { type AnyDiagnostic, error, note, warning } from "../diagnostic.js";
import type { ReadAppRole } from "../vault-credentials.js";
import type { PrefixFault } from "../names.js";
import type { FileEditor } from "../static-origin.js";
import { USAGE } from "./usage.js";

/** Commands that take names of secrets, and refuse some. */
export type Naming = "rotate" | "set";

/** The file that has a fixed value. */
export interface FixedIn {
  readonly file?: string | undefined;
}

/** What there is to say of commands and what they do. */
export const CLI = {
  ...USAGE,
  "application-not-a-file-name": error<object, "application">(),
  /** What a report omits, and the command that shows it. */
  "audit-not-compared": note<object, "environment">(),
  "audit-findings-hidden": note<{
    readonly missing: number;
    readonly different: number;
    readonly unknown: number;
    readonly unresolved: number;
    readonly command: string;
  }>(),
  "copy-conflict": error<object, "application">(),
  "copy-deleted": note<object, "application">(),
  "copy-not-permitted": error<{ readonly cause: AnyDiagnostic; readonly from: string; readonly to: string }>(),
  "copy-onto-itself": error<{ readonly path: string }>(),
  "copy-source-empty": error<{ readonly prefix: string }>(),
  "copy-target-occupied": error<{ readonly prefix: string }>(),
  "credentials-created-meanwhile": warning<
    | { readonly kind: "token"; readonly accessor: string }
    | { readonly kind: "secret-id"; readonly accessor: string; readonly role: string }
  >(),
  "dev-vault-token-invalid": error(),
  "edited-stdin": error(),
  "editable-file-changed": error<{ readonly file: string }>(),
  "edit-output-redirected": error(),
  "edit-given-up": error<{ readonly file: string }>(),
  "edit-rejected": error<{ readonly file: string; readonly count: number }>(),
  "edit-not-saved": error<{ readonly file: string }>(),
  "edited-file-changed": error<{ readonly file: string; readonly kept: string }>(),
  "edited-file-plain": error<{ readonly file: string }>(),
  /** `paste`: prints what to add to it. */
  "edited-file-sops": error<{ readonly file: string; readonly paste?: string | undefined }>(),
  /** `meant`: the file beside it that was most likely meant. */
  "edited-file-unreadable": error<
    { readonly file: string; readonly reason: string; readonly meant?: string | undefined },
    "environment"
  >(),
  "edited-recipients-unknown": error<{ readonly file: string; readonly others: number }>(),
  "entry-unwritable": error<{ readonly file: string }, "environment" | "application" | "key">(),
  "environment-on-neither-side": error<
    { readonly before: string; readonly after: string; readonly known: readonly string[] },
    "environment"
  >(),
  "environments-none": error(),
  "environments-unaudited": error<{ readonly environments: readonly string[]; readonly total: number }>(),
  "fleet-credentials-none": error(),
  "items-created-before": note<{ readonly created: readonly string[] }>(),
  "listen-address-public": warning<{ readonly address: string }>(),
  "listen-address-refused": error<{ readonly address: string }>(),
  "listen-failed": error<{ readonly address: string; readonly reason: string }>(),
  "old-prefix-invalid": error<PrefixFault & { readonly given: string }>(),
  "output-directory-exchanged": error<{ readonly directory: string }>(),
  "output-directory-not-empty": error<{ readonly directory: string }>(),
  "output-directory-shared": error<{ readonly directory: string }>(),
  "output-directory-unwritable": error<{ readonly directory: string; readonly reason: string }>(),
  "output-not-a-directory": error<{ readonly file: string }>(),
  "rotate-refused": error<
    | { readonly kind: "oidc-clients" }
    | { readonly kind: "static"; readonly from: "file" | "onepassword" | "unknown"; readonly file?: string }
    | ({ readonly kind: "fixed" } & FixedIn)
    | { readonly kind: "template"; readonly sources: readonly string[] }
    | { readonly kind: "copy"; readonly source: string },
    "environment" | "application" | "key"
  >(),
  "rule-unknown": error<{ readonly given: string }>(),
  /** `secretIdExpires`: null for never, undefined if the server did not say. In seconds; 0: the server's default. */
  "secret-id-lifetime": note<Pick<ReadAppRole, "secretIdExpires" | "tokenTtl" | "tokenMaxTtl">>(),
  /** `gone`: the applications whose latest version is soft-deleted or destroyed. */
  "secrets-exported": note<{
    readonly count: number;
    readonly prefix: string;
    readonly directory: string;
    readonly gone: readonly string[];
  }>(),
  /** `others`: the command for those that can be. */
  "secrets-refused": error<{
    readonly count: number;
    readonly command: Naming;
    readonly others?: string | undefined;
  }>(),
  "secrets-unnamed": error<{ readonly command: Naming }, "environment">(),
  "set-pull-secret-in": error<{ readonly file: string; readonly editor: FileEditor }, "environment">(),
  "set-without-clients": warning<{ readonly files: readonly string[]; readonly command: string }>(),
  "set-name-invalid": error(),
  "set-refused": error<
    | { readonly kind: "template" | "copy"; readonly sources: readonly string[] }
    | { readonly kind: "generate" | "oidc-clients" }
    | ({ readonly kind: "fixed" } & FixedIn),
    "environment" | "application" | "key"
  >(),
  /** `file`: the first that phalanx.yaml names; `names`: what `--in` takes; `edit`: what it does not. */
  "set-with-file": error<
    {
      readonly file: string;
      readonly names: readonly string[];
      readonly edit?: { readonly what: "registry" | "values"; readonly editor: FileEditor };
    },
    "environment"
  >(),
  "set-with-onepassword": error<object, "environment">(),
  "side-without-environments": warning<{ readonly side: string }>(),
  "staged-with-two-revisions": error(),
  "stdin-holds-one-value": error(),
  /** `expires`: undefined for never. */
  "token-expires": note<{ readonly expires: string | undefined }>(),
  "token-lifetime-shortened": error<{ readonly expires: string | undefined }>(),
  "token-not-orphan": warning<{ readonly parentExpires: string | undefined }>(),
  "token-server-warning": warning<{ readonly message: string }>(),
  "whole-application-named": error<{ readonly command: "rotate" | "set" }, "environment" | "application">(),
} as const;
