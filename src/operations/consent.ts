import { PhalanxError } from "../errors.js";
import type { CurrentState } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import type { MassChange } from "../model/mass-change.js";
import type { Person } from "../model/person.js";
import type { Plan } from "../model/plan.js";
import { countOf } from "../secrets/mass-change.js";

/**
 * How the user of a command consents to its changes. One rule for all commands: for a person, every change or removal
 * of an existing value is shown and confirmed; creations are not. Without a person, a command that requires consent
 * needs `--yes`; so does every command if there is a person who cannot be asked.
 */
export interface Consent {
  readonly person: Person;
  /** Whether consent was given in advance, as with `--yes`. */
  readonly given: boolean;
  /** Whether no option skips the question. */
  readonly always?: boolean;
  /** Whether the command stops if nobody can be asked. A sync continues, as in the original. */
  readonly required: boolean;
  /** Whether to ask about creations, too: nobody has seen what a restore brings back. */
  readonly creations?: boolean;
  /** How much is too much to be agreed to in passing; undefined where nothing is. */
  readonly mass: ((plan: Plan, current: CurrentState) => MassChange | undefined) | undefined;
  /** Whether that was allowed in advance. */
  readonly allowsMass: boolean;
  /** The command as typed, without the program name, for the line that shows how to continue. */
  readonly command?: readonly string[] | undefined;
}

/** What to ask: nothing, for a yes (`always`: that no option skips), or for the name of the environment. */
export type Question = "none" | "yes" | "always" | "name";

/**
 * What to ask before a plan is applied.
 *
 * @throws PhalanxError if confirmation is required and nobody can be asked.
 */
export function questionFor({ name }: Environment, plan: Plan, current: CurrentState, consent: Consent): Question {
  const { person, given, allowsMass, command } = consent;
  const unseen = person === "unreachable";
  const required = consent.required || unseen;
  const about = { subject: { environment: name } };
  const mass = allowsMass ? undefined : consent.mass?.(plan, current);
  if (mass) {
    if (person === "reachable") return "name";
    // Pasting the line must not lead to a second refusal.
    const line = required && !given ? command?.concat("--yes") : command;
    throw new PhalanxError(diagnostic("mass-change", { ...mass, command: line, kept: undefined }, about));
  }
  const changed = countOf(plan, current, "changes");
  if (given || (changed === 0 && (!consent.creations || plan.applications.length === 0))) return "none";
  if (person === "reachable") return consent.always ? "always" : "yes";
  if (required) throw new PhalanxError(diagnostic("consent-missing", { changed, unseen, command }, about));
  return "none";
}

/**
 * The warnings about a mass change.
 *
 * @param needs Who will ask for confirmation; undefined if nobody will.
 */
export function massWarnings(
  plan: Plan,
  current: CurrentState,
  mass: Consent["mass"],
  needs?: Diagnostic<"plan-mass-change">["details"]["needs"],
): AnyDiagnostic[] {
  const found = mass?.(plan, current);
  return found ? [diagnostic("plan-mass-change", { ...found, needs })] : [];
}
