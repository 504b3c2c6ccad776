import type { FailedVerification, UnresolvedReason, WrittenReason } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";
import { commandLine } from "../model/shell.js";
import { type ByKind, wordsOf } from "./by-kind.js";

/** Why a secret has no value, in a few words. */
export function reasonText(reason: UnresolvedReason): string {
  return wordsOf(REASONS, reason);
}

const REASONS: ByKind<UnresolvedReason> = {
  cycle: ({ members }) => `is part of a cycle (${cycleText(members)})`,
  "source-application-not-enabled": ({ source }) =>
    `comes from ${refId(source)}, but the application ${source.application} is not enabled`,
  "source-condition-false": ({ source }) =>
    `comes from ${refId(source)}, which is not required: its condition is false`,
  "source-undeclared": ({ source }) => `comes from ${refId(source)}, which no secrets.yaml declares`,
  "source-unresolved": ({ source }) => `comes from ${refId(source)}, which is unresolved itself`,
  "source-excluded": ({ source }) => `comes from ${refId(source)}, which is excluded, and Vault holds no value of it`,
  "source-too-long": ({ source }) => `is a bcrypt hash of ${refId(source)}, which is longer than 72 bytes`,
  "template-too-long": "makes the templates of its application longer than the 1 MiB that a Secret of Kubernetes holds",
  "no-static-value": ({ origin, deletedVersion }) => {
    const where = {
      file: "has no value in the file of static secrets, nor in Vault",
      onepassword: "has no value in 1Password, nor in Vault",
      vault: "has no value in Vault, and there is no other source of static secrets",
    }[origin];
    return where + (deletedVersion === undefined ? "" : `; version ${deletedVersion}, the latest, is soft-deleted`);
  },
  "not-a-string": "is static, and what Vault holds is no string",
};

/** What is wrong with a generated value that Vault holds. */
export function verificationText({ reason }: FailedVerification): string {
  return reason.kind === "wrong-format"
    ? `does not have the format of a ${reason.generator}`
    : `is not the hash of ${refId(reason.source)}; rotate it`;
}

/** What to do about it. */
export function reasonHint(reason: UnresolvedReason, ref: SecretRef, environment: string): string {
  switch (reason.kind) {
    case "source-unresolved":
      return `Resolve ${refId(reason.source)} first.`;
    case "source-excluded":
      return `Do not exclude ${reason.source.application} this time.`;
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
    case "template-too-long":
      return "Shorten the template, or what it is made from; phalanx lint says where it stands.";
    default:
      return writtenHint(reason, ref, "in this environment");
  }
}

/** What to change in the configuration; `where` says in which environments. */
export function writtenHint(reason: WrittenReason, ref: SecretRef, where: string): string {
  switch (reason.kind) {
    case "cycle":
      return "Give one of its members a source of its own.";
    case "source-application-not-enabled":
      return `Enable ${reason.source.application} ${where}, or make ${refId(ref)} conditional.`;
    case "source-condition-false":
      return "Let both depend on the same condition.";
    case "source-undeclared":
      return `Correct the name, or declare it in the secrets.yaml of ${reason.source.application}.`;
    case "source-too-long":
      return "Choose a shorter one.";
    case "template-too-long":
      return "Shorten the template, or what it is made from.";
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
