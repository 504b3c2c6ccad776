import { PhalanxError, type Problem } from "../errors.js";
import type { BlockedApplication, Plan } from "../model/plan.js";
import { refId } from "../model/secret.js";
import { commandLine } from "../model/shell.js";
import { reasonHint, reasonText } from "./reason.js";

/** Everything that keeps a plan from being applied. */
export function planProblems({ environment, unresolved, blocked }: Plan): Problem[] {
  return [
    ...unresolved.map((secret) => ({
      message: `${refId(secret)} ${reasonText(secret.reason)}`,
      hint: reasonHint(secret.reason, secret, environment),
    })),
    ...blocked.map((application) => blockedProblem(application, environment)),
  ];
}

/** Why a plan cannot be applied, every reason at once. */
export function refusal(plan: Plan): PhalanxError {
  const { unresolved, blocked } = plan;
  const names = unresolved.map(refId).join(", ");
  const message =
    unresolved.length > 0
      ? `Some secrets could not be resolved: ${names}`
      : `Something would be lost in ${blocked.map(({ application }) => application).join(", ")}`;
  return new PhalanxError(`${message} (nothing was written)`, { problems: planProblems(plan) });
}

/** What stands in the way of writing an application. */
export function blockedProblem(blocked: BlockedApplication, environment: string): Problem {
  const { application, kind, version } = blocked;
  const keys = blocked.keys.join(", ");
  const anew = `${commandLine("--generate-anew", application)} to generate ${keys} anew`;
  switch (kind) {
    case "deleted":
      return {
        message: `${application}: version ${version}, the latest, was soft-deleted at ${blocked.deletionTime}`,
        hint: `Bring it back with ${commandLine("phalanx", "secrets", "restore", environment, "--kv-version", `${version}`, application)}, or give ${anew}.`,
      };
    case "destroyed":
      return {
        message: `${application}: version ${version}, the latest, was destroyed`,
        hint: `Its values cannot come back. Restore an older version (${commandLine("phalanx", "secrets", "history", environment, application)}), or give ${anew}.`,
      };
    case "inexact":
      return {
        message: `${application}: ${keys} holds a number with more digits than Vault answers, so it cannot be carried over`,
        hint: `Store it as a string, or leave the application alone with ${commandLine("--exclude", application)}.`,
      };
  }
}
