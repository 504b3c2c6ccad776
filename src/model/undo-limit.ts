import type { AnyDiagnostic } from "./diagnostic.js";
import { diagnostic } from "./diagnostics/index.js";

/** What an application's history cannot restore after a plan is applied. */
export type UndoLimit =
  /** The replaced version is gone at once. */
  | { readonly kind: "undo-impossible"; readonly application: string }
  /** The replaced version is gone at a certain moment (RFC 3339), because of `delete_version_after`. */
  | { readonly kind: "undo-until"; readonly application: string; readonly time: string }
  /** The oldest version is removed, or may be if it is unknown how many versions are kept. */
  | {
      readonly kind: "undo-pushed-out";
      readonly application: string;
      readonly version: number;
      readonly certain: boolean;
      readonly next: { readonly version: number; readonly createdTime: string };
    };

/** What an operator should know beforehand, since it cannot be undone afterwards. */
export function undoWarning(limit: UndoLimit): AnyDiagnostic {
  const subject = { application: limit.application };
  switch (limit.kind) {
    case "undo-impossible":
      return diagnostic(limit.kind, {}, { subject });
    case "undo-until":
      return diagnostic(limit.kind, { time: limit.time }, { subject });
    case "undo-pushed-out": {
      const { version, certain, next } = limit;
      return diagnostic(limit.kind, { version, certain, next }, { subject });
    }
  }
}
