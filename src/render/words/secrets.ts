import type { SECRETS } from "../../model/diagnostics/secrets.js";
import type { BlockedApplication } from "../../model/plan.js";
import { refId } from "../../model/secret.js";
import { commandLine } from "../../model/shell.js";
import { reasonHint, reasonText } from "../reason.js";
import { restoreTakenBack, restoreVersion } from "../restore-command.js";
import type { Words } from "./words.js";

export const SECRETS_WORDS: Words<typeof SECRETS> = {
  "application-blocked": {
    summary: ({ details }) => blockedText(details),
    hint: ({ details, subject }) => blockedHint(details, subject.environment),
  },
  "plan-blocked": {
    summary: ({ details: { applications } }) =>
      `This would lose values in ${applications.join(", ")} (nothing was written)`,
    hint: ({ details }) => partialHint(details),
  },
  "plan-unresolved": {
    summary: ({ details: { secrets } }) =>
      `Some secrets could not be resolved: ${secrets.join(", ")} (nothing was written)`,
    hint: ({ details }) => partialHint(details),
  },
  "secret-unresolved": {
    summary: ({ details, subject }) => `${refId(subject)} ${reasonText(details)}`,
    hint: ({ details, subject }) => reasonHint(details, subject, subject.environment),
  },
};

function partialHint({
  command,
  isWhole,
}: {
  readonly command: readonly string[] | undefined;
  readonly isWhole: boolean;
}): string | undefined {
  if (command === undefined) return undefined;
  const line = commandLine("phalanx", ...command);
  // The one that can be pasted ends the line: a terminal breaks it so that it stays a command.
  const doing = command[1] === "plan" ? "plan" : "write";
  const some = isWhole ? `To ${doing} only certain applications, add their names. ` : "";
  return `${some}To ${doing} everything that can be written: ${line} --partial`;
}

function blockedText(blocked: BlockedApplication): string {
  const { application, kind, version } = blocked;
  switch (kind) {
    case "deleted":
      return `${application}: version ${version}, the latest, was soft-deleted at ${blocked.deletionTime}`;
    case "destroyed":
      return `${application}: version ${version}, the latest, was destroyed`;
    case "inexact":
      return `${application}: ${blocked.keys.join(", ")} ${blocked.keys.length === 1 ? "holds a number with more digits than Vault returns, so it" : "hold numbers with more digits than Vault returns, so they"} cannot be carried over`;
  }
}

function blockedHint(blocked: BlockedApplication, environment: string): string {
  const { application, kind, version, keys } = blocked;
  const generateAgain = `add ${commandLine("--generate-anew", application)} to a sync, which generates ${keys.join(", ")} again`;
  switch (kind) {
    case "deleted":
      return `Only if the old values are not needed, ${generateAgain}. ${
        blocked.takenBack === undefined
          ? `Otherwise, restore it: ${restoreVersion(environment, version, application)}`
          : restoreTakenBack(blocked.takenBack, version, application, environment)
      }`;
    case "destroyed":
      if (version === 1)
        return `It was the only version, so Vault no longer has its values. The Secret in the cluster may still hold them: copy them from there with kubectl before anything changes it, decode them (kubectl shows base64), and write all of them to Vault in one vault kv put, because each put replaces the whole secret. Only if they are not needed, ${generateAgain}.`;
      return `If it has an older version, restore that (${restoreVersion(environment, "VERSION", application)}). The Secret in the cluster may hold its values, too. Only if neither is needed, ${generateAgain}. To list its versions: ${commandLine("phalanx", "secrets", "history", environment, application)}`;
    case "inexact":
      return `Store it as a string, or leave the application alone with ${commandLine("--exclude", application)}.`;
  }
}
