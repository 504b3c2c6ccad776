import { isExpiring } from "../../../model/fleet-counts.js";
import type { FleetSecret } from "../../../model/fleet-report.js";
import { isBehind } from "../../../model/fleet-rollout.js";
import type { Cell } from "./model.js";

/** What may be reported about a secret besides its state. */
type SecretNote = "expiring" | "tooOld" | "shared" | "unsourced";
/** What may be reported about a cell besides its state. */
export type Note = SecretNote | "notPickedUp";

const OF_SECRETS: Readonly<Record<SecretNote, (secret: FleetSecret) => boolean>> = {
  expiring: ({ certificate, disappears }) => [certificate, disappears].some(isExpiring),
  tooOld: ({ tooOld }) => tooOld === true,
  shared: ({ sharedWith }) => sharedWith !== undefined,
  unsourced: ({ unsourced }) => unsourced === true,
};

/** Each with how often it applies to a cell. */
export const NOTES: Readonly<Record<Note, { readonly word: string; readonly countIn: (cell: Cell) => number }>> = {
  notPickedUp: { word: "not picked up", countIn: ({ rollout }) => (rollout && isBehind(rollout) ? 1 : 0) },
  expiring: { word: "expiring", countIn: secretsWith("expiring") },
  tooOld: { word: "too old", countIn: secretsWith("tooOld") },
  shared: { word: "shared", countIn: secretsWith("shared") },
  unsourced: { word: "no source", countIn: secretsWith("unsourced") },
};

function secretsWith(note: SecretNote): (cell: Cell) => number {
  return ({ application }) => application.secrets.filter(OF_SECRETS[note]).length;
}

export function hasNote(secret: FleetSecret): boolean {
  return Object.values(OF_SECRETS).some((has) => has(secret));
}
