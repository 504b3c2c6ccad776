import type { CurrentState } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { notedEnvironment } from "../model/provenance.js";

/** Environments of the same prefix: on purpose, or because it was copied. */
export function sharedPrefix(
  environment: string,
  environments: readonly string[],
  what: "changes" | "credentials" | "secrets",
): AnyDiagnostic[] {
  if (environments.length === 0) return [];
  return [diagnostic("prefix-in-common", { environments, what }, { subject: { environment } })];
}

/** Environments whose values a change of one changes, too. */
export function changedWith(environment: Environment): AnyDiagnostic[] {
  const others = environment.siblings().map((sibling) => sibling.environment);
  return sharedPrefix(environment.name, others, "changes");
}

/**
 * A prefix in which only other environments have written so far: what Vault holds is theirs, even if nothing would
 * change.
 */
export function heldByOthers(environment: Environment, current: CurrentState): AnyDiagnostic[] {
  const writers = new Set(
    [...current.values()].flatMap(({ kind, customMetadata }) =>
      kind === "present" ? (notedEnvironment(customMetadata) ?? []) : [],
    ),
  );
  // The other environments are not read unless it matters.
  if (writers.size === 0 || writers.has(environment.name)) return [];
  const others = environment.siblings().map((sibling) => sibling.environment);
  return sharedPrefix(
    environment.name,
    others.filter((other) => writers.has(other)),
    "secrets",
  );
}
