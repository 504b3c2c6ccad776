import { PhalanxError, type Problem } from "../errors.js";
import type { BlockedApplication, Plan } from "../model/plan.js";
import { refId } from "../model/secret.js";
import { reasonHint, reasonText } from "./reason.js";

/** Why a plan cannot be applied, every reason at once. */
export function refusal({ unresolved, blocked }: Plan): PhalanxError {
  const problems: Problem[] = [
    ...unresolved.map((secret) => ({
      message: `${refId(secret)} ${reasonText(secret.reason)}`,
      hint: reasonHint(secret.reason, secret),
    })),
    ...blocked.map(blockedProblem),
  ];
  const names = unresolved.map(refId).join(", ");
  const message =
    unresolved.length > 0
      ? `Some secrets could not be resolved: ${names}`
      : `Secrets would be generated over deleted ones: ${blocked.map(({ application }) => application).join(", ")}`;
  return new PhalanxError(`${message} (nothing was written)`, { problems });
}

/** What stands in the way of generating into a secret that somebody deleted. */
export function blockedProblem({ application, kind, version, deletionTime, keys }: BlockedApplication): Problem {
  const what = `${application}: version ${version}, the latest, was ${kind === "deleted" ? "soft-deleted" : "destroyed"}`;
  const anew = `--generate-anew ${application} to generate ${keys.join(", ")} anew`;
  return {
    message: kind === "deleted" && deletionTime !== "" ? `${what} at ${deletionTime}` : what,
    hint:
      kind === "deleted"
        ? `Bring it back (vault kv undelete -versions=${version} …/${application}), or give ${anew}.`
        : `Its values cannot come back; give ${anew}.`,
  };
}
