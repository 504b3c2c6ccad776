import type { LostReason } from "../model/history.js";
import type { FailedVerification, UnresolvedReason } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";

import { commandLine } from "../model/shell.js";

/** Why a secret has no value, in a few words. */
export function reasonText(reason: UnresolvedReason): string {
  switch (reason.kind) {
    case "cycle":
      return `is part of a cycle (${cycleText(reason.members)})`;
    case "source-application-not-enabled":
      return `comes from ${refId(reason.source)}, but the application ${reason.source.application} is not enabled`;
    case "source-condition-false":
      return `comes from ${refId(reason.source)}, which is not required: its condition is false`;
    case "source-undeclared":
      return `comes from ${refId(reason.source)}, which no secrets.yaml declares`;
    case "source-unresolved":
      return `comes from ${refId(reason.source)}, which is unresolved itself`;
    case "source-excluded":
      return `comes from ${refId(reason.source)}, which is excluded, and Vault holds no value of it`;
    case "source-too-long":
      return `is a hash of ${refId(reason.source)}, which is longer than the 72 bytes that bcrypt takes`;
    case "template-too-long":
      return "makes the templates of its application longer than the 1 MiB that a Secret of Kubernetes holds";
    case "no-static-value": {
      const where = {
        file: "has no value in the file of static secrets, nor in Vault",
        onepassword: "has no value in 1Password, nor in Vault",
        vault: "has no value in Vault, and there is no other source of static secrets",
      }[reason.origin];
      return reason.deletedVersion === undefined
        ? where
        : `${where}; version ${reason.deletedVersion}, the latest, is soft-deleted`;
    }
    case "not-a-string":
      return "is static, and what Vault holds is no string";
  }
}

/** What is wrong with a generated value that Vault holds. */
export function verificationText({ reason }: FailedVerification): string {
  return reason.kind === "wrong-format"
    ? `does not have the format of a ${reason.generator}`
    : `is not the hash of ${refId(reason.source)}; rotate it`;
}

/** What to do about it. */
export function reasonHint(reason: UnresolvedReason, ref: SecretRef, environment: string): string {
  switch (reason.kind) {
    case "cycle":
      return "Break the cycle in secrets.yaml: one of its members needs a source of its own.";
    case "source-application-not-enabled":
      return `Enable ${reason.source.application} in this environment, or make ${refId(ref)} conditional.`;
    case "source-condition-false":
      return `Make both depend on the same condition.`;
    case "source-undeclared":
      return `Correct the name in the secrets.yaml of ${ref.application}.`;
    case "source-unresolved":
      return `Resolve ${refId(reason.source)} first.`;
    case "source-excluded":
      return `Do not exclude ${reason.source.application} this time.`;
    case "source-too-long":
      return "Choose a shorter password.";
    case "template-too-long":
      return "Shorten the template, or what it is made from; phalanx lint says where it stands.";
    case "no-static-value":
      if (reason.deletedVersion !== undefined) {
        const version = `${reason.deletedVersion}`;
        return `Bring it back first: ${commandLine("phalanx", "secrets", "restore", environment, "--kv-version", version, ref.application)}`;
      }
      return {
        file: `Add ${refId(ref)} to the file.`,
        onepassword: `Add ${refId(ref)} to 1Password.`,
        vault: "Give a file with --secrets FILE (phalanx secrets static-template writes an empty one).",
      }[reason.origin];
    case "not-a-string":
      return `Write ${refId(ref)} to Vault as a string, or give its value in a file with --secrets FILE.`;
  }
}

/** As many members of a cycle as help to break it. */
const SHOWN = 10;

/** `a/x <- a/y <- a/x`, cut if it is long. */
export function cycleText(members: readonly SecretRef[]): string {
  const more = members.length - SHOWN;
  const shown = members.slice(0, SHOWN).map(refId);
  return [...shown, ...(more > 0 ? [`… ${more} more`] : []), ...shown.slice(0, 1)].join(" <- ");
}

/** Why an earlier state of an application cannot come back. */
export function lostText(reason: LostReason): string {
  switch (reason.kind) {
    case "version-unknown":
      return `there is no version ${reason.version} (the latest is ${reason.latest})`;
    case "version-pushed-out":
      return `version ${reason.version} was pushed out of the history (the oldest is ${reason.oldest})`;
    case "time-pushed-out":
      return `the versions of that time were pushed out (the oldest is ${reason.oldest})`;
    case "version-destroyed":
      return `version ${reason.version} was destroyed`;
    case "version-unreadable":
      return `version ${reason.version} cannot be read`;
    case "written-since":
      return `it has been written again since (version ${reason.version})`;
    case "before-pushed-out":
      return `version ${reason.version}, from before the run, was pushed out of the history`;
    case "before-destroyed":
      return `version ${reason.version}, from before the run, was destroyed`;
    case "before-deleted":
      return `version ${reason.version}, from before the run, was deleted since; undelete it first`;
    case "deleted-after-run":
      return "it was deleted after the run; restore it first";
    case "whole-only":
      return "the whole application was deleted or is to be; restore it without naming keys";
  }
}
