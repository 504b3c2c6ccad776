import { ServerError } from "../errors.js";
import { compareCodePoints } from "../model/code-points.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Change, changesOf } from "../model/plan.js";
import { sameStoredValue, type StoredValue } from "../model/secret-value.js";
import { refId } from "../model/secret.js";
import type { PlannedWrites } from "./apply-plan.js";

/** The values that a run may replace: those its first plan saw, and those it has tried to write itself. */
export interface SeenValues {
  /** @throws ServerError if a key that someone decided to change holds, in a later plan, a value not seen before. */
  readonly refuseUnseen: (planned: PlannedWrites, begun: boolean) => void;
  /** Remembers what is about to be written: after a lost response, Vault may hold it. */
  readonly noteOwn: (planned: PlannedWrites) => void;
}

/**
 * @param first The approved plan.
 * @param decided Whether static values were typed for this run, or somebody saw its plan and said yes.
 */
export function seenBy(environment: string, first: PlannedWrites, decided: boolean): SeenValues {
  const own = new Map<string, StoredValue[]>();
  const unseen = (change: Change, { current }: PlannedWrites): boolean => {
    const held = current.get(change.application)?.values?.get(change.key);
    // A missing value is not overwritten.
    if (held === undefined || !isDecided(change, decided)) return false;
    const seen = first.current.get(change.application)?.values?.get(change.key);
    return ![seen, ...(own.get(refId(change)) ?? [])].some((value) => sameStoredValue(value, held));
  };
  return {
    refuseUnseen: (planned, begun) => {
      const secrets = changesOf(planned.plan)
        .filter((change) => unseen(change, planned))
        .map((change) => ({ name: refId(change), version: planned.current.get(change.application)?.version ?? 0 }))
        .sort((a, b) => compareCodePoints(a.name, b.name));
      if (secrets.length === 0) return;
      throw new ServerError(diagnostic("secret-changed-meanwhile", { secrets, begun }, { subject: { environment } }));
    },
    noteOwn: ({ writes }) => {
      for (const write of writes) {
        if (write.kind !== "put") continue;
        for (const change of write.planned.changes) {
          const value = write.values.get(change.key);
          if (value !== undefined) own.set(refId(change), [...(own.get(refId(change)) ?? []), value]);
        }
      }
    },
  };
}

/**
 * Whether someone decided to change this key based on its current value. What follows from another secret, or from the
 * configuration and its sources, is right regardless of the previous value.
 */
function isDecided({ action, cause }: Change, decided: boolean): boolean {
  if (action === "delete") return decided;
  switch (cause.kind) {
    case "regeneration-requested":
    case "restored":
    case "not-there-then":
    case "other-prefix":
      return true;
    case "static-value-changed":
    case "not-a-string":
      return decided;
    default:
      return false;
  }
}
