import type { UndoLimit } from "../model/undo-limit.js";

/** What an operator should know before, since it cannot be undone after. */
export function undoLimitText(limit: UndoLimit): string {
  const { application } = limit;
  switch (limit.kind) {
    case "undo-impossible":
      return `${application}: this cannot be undone, because Vault keeps no earlier version of it`;
    case "undo-until":
      return `${application}: this can be undone until ${shortTime(limit.time)}, when Vault deletes the version that it replaces`;
    case "undo-pushed-out": {
      const { version, certain, next } = limit;
      return `${application}: version ${version}, the oldest, ${certain ? "is" : "may be"} pushed out by this; restore then reaches back to version ${next.version} (${shortTime(next.createdTime)})`;
    }
  }
}

function shortTime(time: string): string {
  return `${time.slice(0, 19)}Z`;
}
