import { isExpiring } from "../../../model/fleet-counts.js";
import type { FleetSecret } from "../../../model/fleet-report.js";

/** What may be said of a secret beside its state. */
export type Note = "expiring" | "tooOld" | "shared" | "unsourced";

export const NOTES: Readonly<Record<Note, { readonly word: string; readonly has: (secret: FleetSecret) => boolean }>> =
  {
    expiring: { word: "expiring", has: ({ certificate, disappears }) => [certificate, disappears].some(isExpiring) },
    tooOld: { word: "too old", has: ({ tooOld }) => tooOld === true },
    shared: { word: "shared", has: ({ sharedWith }) => sharedWith !== undefined },
    unsourced: { word: "no source", has: ({ unsourced }) => unsourced === true },
  };

export function hasNote(secret: FleetSecret): boolean {
  return Object.values(NOTES).some(({ has }) => has(secret));
}
