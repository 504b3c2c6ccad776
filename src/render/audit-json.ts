import { changesOf, type Plan, type FailedVerification } from "../model/plan.js";
import { refId } from "../model/secret.js";
import { reasonText, verificationText } from "./reason.js";

/** The report of an audit for programs: the same plan, with its causes. Contains no value. */
export function auditResult(
  { environment, applications, unknown, unresolved, blocked }: Plan,
  failed: readonly FailedVerification[],
): object {
  const changes = changesOf({ applications }).map(({ application, key, action, cause }) => ({
    application,
    key,
    action,
    cause,
  }));
  return {
    environment,
    clean: changes.length + unknown.length + unresolved.length + failed.length === 0,
    changes,
    unknown,
    unresolved: unresolved.map((secret) => ({ ...secret, id: refId(secret), text: reasonText(secret.reason) })),
    blocked,
    failedVerification: failed.map((secret) => ({ ...secret, text: verificationText(secret) })),
  };
}
