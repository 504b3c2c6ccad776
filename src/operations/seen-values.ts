import { ServerError } from "../errors.js";
import { compareCodePoints } from "../model/code-points.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Change, changesOf } from "../model/plan.js";
import { sameStoredValue, type StoredValue } from "../model/secret-value.js";
import { refId } from "../model/secret.js";
import type { PlannedWrites } from "./apply-plan.js";

/** The values that a run may replace: what its first plan saw, and what it has tried to write itself. */
export interface SeenValues {
  /** @throws ServerError if a key that somebody decided to change holds, in a later plan, what nobody has seen. */
  readonly refuseUnseen: (planned: PlannedWrites, begun: boolean) => void;
  /** Remembers what is going to be written: after a lost answer it may be what Vault holds. */
  readonly noteOwn: (planned: PlannedWrites) => void;
}

/**
 * @param first The plan that was approved.
 * @param typed Whether static values were typed for this run.
 */
export function seenBy(environment: string, first: PlannedWrites, typed: boolean): SeenValues {
  const own = new Map<string, StoredValue[]>();
  const unseen = (change: Change, { current }: PlannedWrites): boolean => {
    const held = current.get(change.application)?.values?.get(change.key);
    // What is gone is not overwritten.
    if (held === undefined || !isDecided(change, typed)) return false;
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
 * Whether somebody decided, having seen what is there, that this key changes. What follows from another secret, and what
 * the configuration and its sources say, is right whatever was there before.
 */
function isDecided({ cause }: Change, typed: boolean): boolean {
  switch (cause.kind) {
    case "regeneration-requested":
    case "restored":
    case "not-there-then":
    case "other-prefix":
      return true;
    case "static-value-changed":
    case "not-a-string":
      return typed;
    default:
      return false;
  }
}
