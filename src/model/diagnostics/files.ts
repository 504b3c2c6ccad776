import { error, note, warning } from "../diagnostic.js";

export interface File {
  /** As the operator named it. */
  readonly file: string;
}

/** What is written to a file that an operator names. */
export type FileKindName =
  | "export"
  | "fleet-page"
  | "fleet-report"
  | "metrics"
  | "plan"
  | "read-approle"
  | "schema"
  | "static-secrets"
  | "write-token";

/** How an editor ended that did not end well. */
export type EditorFailure =
  | { readonly failure: "not-started"; readonly reason: string }
  | { readonly failure: "killed"; readonly signal: string }
  | { readonly failure: "exit-status"; readonly status: number };

/** What there is to say of files that are written, and of those that are edited in private. */
export const FILES = {
  "edit-directory-shared": error<{ readonly directory: string }>(),
  "edit-directory-unwritable": error<{ readonly directory: string; readonly reason: string }>(),
  "edit-file-missing": error(),
  "edit-file-unreadable": error<{ readonly reason: string }>(),
  "edit-left-values": warning<{ readonly directory: string }>(),
  "edit-stopped": error<{ readonly signal: string }>(),
  "editor-returned-at-once": note<{ readonly editor: string }>(),
  "editor-failed": error<EditorFailure & { readonly editor: string }>(),
  "output-device-not-own": error<File>(),
  "output-file-differs": error<File>(),
  /** `kind`: what it is, where that is known. */
  "output-file-exists": error<File & { readonly kind?: FileKindName }>(),
  /** `kind`: what was to be written, and might have taken the place of another one. */
  "output-file-of-other-kind": error<File & { readonly kind: FileKindName }>(),
  "output-file-unwritable": error<File & { readonly reason: string }>(),
  "output-is-directory": error<File>(),
  "output-not-a-file": error<File>(),
  "output-pipe-not-own": error<File>(),
  "output-pipe-readable": error<File>(),
  "output-pipe-unread": error<File>(),
  /** `directory` is used in its place. */
  "runtime-directory-shared": warning<{ readonly shared: string; readonly directory: string }>(),
} as const;
