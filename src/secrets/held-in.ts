import { type CurrentState, valuesOf } from "../model/current-state.js";
import { decodeProvenance } from "../model/provenance.js";
import type { SecretRef } from "../model/secret.js";

/**
 * The version with the last value of a key that is gone, as far as noted: of generated secrets and of sources of them.
 * A write that removes what is no longer required takes the note away too; somebody else's leaves it, and a restore
 * notes what was there before.
 */
export function heldIn(current: CurrentState, { application, key }: SecretRef): number | undefined {
  const state = current.get(application);
  if (state?.kind !== "present" || valuesOf(current, application).has(key)) return undefined;
  return decodeProvenance(state.customMetadata).keys.get(key)?.changedIn;
}
