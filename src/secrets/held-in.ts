import { type CurrentState, valuesOf } from "../model/current-state.js";
import type { Held } from "../model/plan.js";
import { decodeProvenance } from "../model/provenance.js";
import type { SecretRef } from "../model/secret.js";

/**
 * The version with the last value of a key that is gone, as far as noted: of generated secrets and of sources of them.
 * A write that removes what is no longer required takes the note away too; somebody else's leaves it, and a restore
 * notes what was there before. Empty if there is no note.
 */
export function heldIn(current: CurrentState, { application, key }: SecretRef): Held {
  const state = current.get(application);
  if (state?.kind !== "present" || valuesOf(current, application).has(key)) return {};
  const { keys, writers } = decodeProvenance(state.customMetadata);
  const version = keys.get(key)?.changedIn;
  if (version === undefined) return {};
  for (let later = version + 1; later < state.version; later++)
    if (!writers.has(later)) return { heldIn: version, mayBeOlder: true };
  return { heldIn: version };
}
