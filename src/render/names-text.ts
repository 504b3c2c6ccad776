import { refId, type SecretRef } from "../model/secret.js";

/** As many as anyone reads. */
const SHOWN = 10;

/** The names of secrets, truncated if there are many. `isCut`: there are more than these. */
export function namesText(refs: readonly SecretRef[], isCut = false): string {
  const shown = refs.slice(0, SHOWN).map(refId).join(", ");
  const more = refs.length - SHOWN;
  return more > 0 || isCut ? `${shown}, … ${isCut ? "and" : more} more` : shown;
}
