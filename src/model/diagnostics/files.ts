import { error, note, warning } from "../diagnostic.js";

export interface File {
  /** As the operator named it. */
  readonly file: string;
}

/** Kinds of files that an operator names as output. */
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

export type EditorFailure =
  | { readonly failure: "not-started"; readonly reason: string }
  | { readonly failure: "killed"; readonly signal: string }
  | { readonly failure: "exit-status"; readonly status: number };

/** Diagnostics about written files, and about files edited in private. */
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
  /** `kind`: the kind of the existing file, if known. */
  "output-file-exists": error<File & { readonly kind?: FileKindName }>(),
  /** `kind`: the kind of the new file, which might have replaced a different one. */
  "output-file-of-other-kind": error<File & { readonly kind: FileKindName }>(),
  "output-file-unwritable": error<File & { readonly reason: string }>(),
  "output-is-directory": error<File>(),
  "output-not-a-file": error<File>(),
  "output-pipe-not-own": error<File>(),
  "output-pipe-readable": error<File>(),
  "output-pipe-unread": error<File>(),
  /** `directory` is used instead. */
  "runtime-directory-shared": warning<{ readonly shared: string; readonly directory: string }>(),
} as const;
