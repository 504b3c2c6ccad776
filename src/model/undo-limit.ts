import type { AnyDiagnostic } from "./diagnostic.js";
import { diagnostic } from "./diagnostics/index.js";

/** What the history of an application does not give back once a plan is carried out. */
export type UndoLimit =
  /** What is replaced is gone at once. */
  | { readonly kind: "undo-impossible"; readonly application: string }
  /** What is replaced is gone at a moment (RFC 3339), by the setting `delete_version_after`. */
  | { readonly kind: "undo-until"; readonly application: string; readonly time: string }
  /** The oldest version goes, or may go where it is not known how many versions are kept. */
  | {
      readonly kind: "undo-pushed-out";
      readonly application: string;
      readonly version: number;
      readonly certain: boolean;
      readonly next: { readonly version: number; readonly createdTime: string };
    };

/** What an operator should know before, since it cannot be undone after. */
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
