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
 * How whoever runs a command agrees to what it changes. One rule for all of them: where a person is there, everything
 * that changes or removes a value that Vault holds is shown and asked for; creations are not. Where nobody is, a command
 * that has to be agreed to needs `--yes`; so does every one where a person is there and cannot be asked.
 */
export interface Consent {
  readonly person: Person;
  /** Whether it was given beforehand, as with `--yes`. */
  readonly given: boolean;
  /** Whether nobody there means no. A sync goes on, as that of the original does. */
  readonly required: boolean;
  /** Whether creations are asked for, too: of what a restore brings back, nobody has seen what it is. */
  readonly creations?: boolean;
  /** How much is too much to be agreed to in passing; undefined where nothing is. */
  readonly mass: ((plan: Plan, current: CurrentState) => MassChange | undefined) | undefined;
  /** Whether that was agreed to beforehand. */
  readonly allowsMass: boolean;
  /** What was typed, after the name of the program: for the line that says how to go on. */
  readonly command?: readonly string[] | undefined;
}

/** What has to be asked: nothing, for a yes, or for the name of the environment. */
export type Question = "none" | "yes" | "name";

/**
 * What has to be asked before a plan is carried out.
 *
 * @throws PhalanxError if it has to be, and nobody can be asked.
 */
export function questionFor({ name }: Environment, plan: Plan, current: CurrentState, consent: Consent): Question {
  const { person, given, allowsMass, command } = consent;
  const unseen = person === "unreachable";
  const required = consent.required || unseen;
  const about = { subject: { environment: name } };
  const mass = allowsMass ? undefined : consent.mass?.(plan, current);
  if (mass) {
    if (person === "reachable") return "name";
    // Whoever pastes the line is not to be stopped a second time.
    const line = required && !given ? command?.concat("--yes") : command;
    throw new PhalanxError(diagnostic("mass-change", { ...mass, command: line, kept: undefined }, about));
  }
  const changed = countOf(plan, current, "changes");
  if (given) return "none";
  if (changed === 0) return consent.creations && person === "reachable" ? "yes" : "none";
  if (person === "reachable") return "yes";
  if (required) throw new PhalanxError(diagnostic("consent-missing", { changed, unseen, command }, about));
  return "none";
}

/**
 * What is said of a mass change.
 *
 * @param needs Who will ask whether it is meant; undefined if nobody will.
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
