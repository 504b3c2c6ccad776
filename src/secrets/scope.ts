import type { Environment } from "../model/environment.js";
import { refId, type SecretRef } from "../model/secret.js";
import type { Scope } from "../model/target.js";
import { closure } from "./dependents.js";
import { PULL_SECRET_ID } from "./pull-secret.js";

/**
 * The scope of a run for certain secrets: these, and everything that follows from them.
 *
 * @param withPull Whether to include the pull secret, from which nothing follows.
 */
export function scopeFrom(environment: Environment, refs: readonly SecretRef[], withPull = false): Scope {
  const pull = withPull ? [PULL_SECRET_ID] : [];
  return {
    keys: new Set([...closure(environment, refs), ...pull]),
    named: new Set([...refs.map(refId), ...pull]),
  };
}
