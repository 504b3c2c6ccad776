import { valuesOf } from "../model/current-state.js";
import type { DifferenceKind } from "../model/original-difference.js";
import { sameStoredValue, type StoredValue } from "../model/secret-value.js";
import { type GeneratedSecret, refId, type Secret, sourcesOf } from "../model/secret.js";
import { oidcClientsJson } from "./generators.js";
import type { PlanInput, Resolution } from "./resolve.js";

/** What the original does with a secret: a value, a new one for the generator of that id, or nothing. */
type Outcome =
  | { readonly kind: "value"; readonly value: StoredValue }
  | { readonly kind: "new"; readonly root: string }
  | undefined;

type OutcomesInput = Pick<PlanInput, "current" | "staticSecrets" | "exclude" | "resolved">;

/**
 * The secrets to which the two programs give different values, each with the reason, by reference id. Simulates the
 * original on the same input, secret by secret, sources first.
 */
export function otherOutcomes(input: OutcomesInput): Map<string, DifferenceKind> {
  const outcomes = new Map<string, Outcome>();
  const others = new Map<string, DifferenceKind>();
  for (const [id, { secret, resolution }] of input.resolved) {
    const outcome = tooLong(resolution) ? undefined : outcomeOf(secret, input, outcomes);
    outcomes.set(id, outcome);
    if (!agrees(outcome, resolution))
      others.set(id, isNoString(resolution) ? "not-a-string" : kindOf(secret, input, others));
  }
  const isUnresolved = (id: string): boolean => input.resolved.get(id)?.resolution.kind === "unresolved";
  // If both lack a value for something, neither writes anything.
  const bothStop = [...outcomes].some(([id, outcome]) => outcome === undefined && isUnresolved(id));
  return bothStop ? new Map([...others].filter(([id]) => !isUnresolved(id))) : others;
}

/** The original stops too, with a traceback from its library. */
function tooLong(resolution: Resolution): boolean {
  return resolution.kind === "unresolved" && resolution.reason.kind === "source-too-long";
}

function isNoString(resolution: Resolution): boolean {
  return resolution.kind === "unresolved" && resolution.reason.kind === "not-a-string";
}

function agrees(outcome: Outcome, resolution: Resolution): boolean {
  if (outcome === undefined || resolution.kind === "unresolved") {
    return outcome === undefined && resolution.kind === "unresolved";
  }
  if (outcome.kind === "new") return resolution.kind === "pending" && outcome.root === refId(resolution.root);
  return resolution.kind === "known" && sameStoredValue(outcome.value, resolution.value);
}

function kindOf(
  secret: Secret,
  { exclude }: OutcomesInput,
  others: ReadonlyMap<string, DifferenceKind>,
): DifferenceKind {
  const [source] = sourcesOf(secret);
  if (source && exclude.has(source.application)) return "excluded-source";
  const inherited = source && others.get(refId(source));
  if (secret.kind === "copy" && inherited) return inherited;
  if (secret.kind === "template") return "extension";
  if (secret.kind !== "generate") return "not-a-string";
  if (secret.rule.type === "oidc-clients") return "clients-kept";
  return source ? "stale-hash" : "not-a-string";
}

function outcomeOf(secret: Secret, input: OutcomesInput, outcomes: ReadonlyMap<string, Outcome>): Outcome {
  const stored = valuesOf(input.current, secret.application).get(secret.key);
  switch (secret.kind) {
    case "fixed":
      return { kind: "value", value: secret.value };
    case "copy":
      return outcomes.get(refId(secret.from));
    case "generate":
      return generated(secret, stored, input, outcomes);
    case "static": {
      const provided = input.staticSecrets?.applications.get(secret.application)?.get(secret.key);
      if (counts(provided)) return { kind: "value", value: provided };
      return counts(stored) ? { kind: "value", value: stored } : undefined;
    }
    case "template":
      // The original cannot read a file that has one.
      return undefined;
  }
}

function generated(
  secret: GeneratedSecret,
  stored: StoredValue | undefined,
  { staticSecrets }: OutcomesInput,
  outcomes: ReadonlyMap<string, Outcome>,
): Outcome {
  if (secret.rule.type === "oidc-clients") {
    return { kind: "value", value: oidcClientsJson(staticSecrets?.oidcClients ?? new Map()) };
  }
  if (counts(stored)) return { kind: "value", value: stored };
  const [source] = sourcesOf(secret);
  if (source && outcomes.get(refId(source)) === undefined) return undefined;
  return { kind: "new", root: refId(secret) };
}

/** Whether the original accepts it as a value. It would stop on a number, and does so only here. */
function counts(value: StoredValue | undefined): value is StoredValue {
  return value !== undefined && !value.isEmpty;
}
