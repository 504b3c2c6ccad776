import type { Environment } from "../model/environment.js";
import { refId, type SecretRef } from "../model/secret.js";
import type { Scope } from "../model/target.js";
import { closure } from "./impact.js";
import { PULL_SECRET_ID } from "./pull-secret.js";

/**
 * What a run is limited to that is about certain secrets: these, and what follows from them.
 *
 * @param withPull Whether it is about the pull secret, too, from which nothing follows.
 */
export function scopeFrom(environment: Environment, refs: readonly SecretRef[], withPull = false): Scope {
  const pull = withPull ? [PULL_SECRET_ID] : [];
  return {
    keys: new Set([...closure(environment, refs), ...pull]),
    named: new Set([...refs.map(refId), ...pull]),
  };
}
