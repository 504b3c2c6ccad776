import { refId, type SecretRef } from "../model/secret.js";
import { cycleText, type UnresolvedReason, type WrittenReason } from "../model/unresolved.js";
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
      return `is a bcrypt hash of ${refId(reason.source)}, which is longer than 72 bytes`;
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
