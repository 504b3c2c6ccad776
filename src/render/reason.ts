import type { LostReason } from "../model/history.js";
import type { FailedVerification, Held, HeldState, TakenBack, UnresolvedReason } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";
import { commandLine } from "../model/shell.js";
import { restoreTakenBack, restoreVersion } from "./restore-command.js";
import { stringHint } from "./string-steps.js";

type Kind = UnresolvedReason["kind"];

interface Words<R> {
  /** Why a secret has no value, in a few words. */
  text(reason: R): string;
  /** What to do about it. */
  hint(reason: R, ref: SecretRef, environment: string | undefined): string;
}

const UNRESOLVED: { readonly [K in Kind]: Words<UnresolvedReason & { readonly kind: K }> } = {
  cycle: {
    text: ({ members }) => (members.length === 1 ? "comes from itself" : `is part of a cycle (${cycleText(members)})`),
    hint: ({ members }) => `Give ${members.length === 1 ? "it" : "one of its members"} a source of its own.`,
  },
  "source-application-not-enabled": {
    text: ({ source }) => `comes from ${refId(source)}, but the application ${source.application} is not enabled`,
    hint: ({ source, meant }, ref, environment) =>
      meant !== undefined
        ? `Did you mean ${refId(meant)}?`
        : `Enable ${source.application} ${environment === undefined ? "there" : "in this environment"}, or make ${refId(ref)} conditional.`,
  },
  "source-condition-false": {
    text: ({ source }) => `comes from ${refId(source)}, which is not required: its condition is false`,
    hint: () => "Make both depend on the same condition.",
  },
  "source-undeclared": {
    text: ({ source }) => `comes from ${refId(source)}, which no secrets.yaml declares`,
    hint: ({ source, meant }) =>
      meant === undefined
        ? `Correct the name, or declare it in the secrets.yaml of ${source.application}.`
        : `Did you mean ${refId(meant)}? Or declare it in the secrets.yaml of ${source.application}.`,
  },
  "source-unresolved": {
    text: ({ source }) => `comes from ${refId(source)}, which is unresolved itself`,
    hint: ({ source }) => `Resolve ${refId(source)} first.`,
  },
  "source-blocked": {
    text: ({ source }) => `comes from ${refId(source)}, and ${source.application} is blocked`,
    hint: ({ source, deletedVersion, takenBack }, _, environment = "ENV") =>
      deletedVersion === undefined
        ? `Resolve what blocks ${source.application} first: ${commandLine("phalanx", "secrets", "audit", environment)}`
        : bringBack(source, deletedVersion, takenBack, environment),
  },
  "source-excluded": {
    text: ({ source, deletedVersion }) =>
      `comes from ${refId(source)}, which is excluded, and ${notHeldText(source, deletedVersion)}`,
    hint: ({ source, deletedVersion, takenBack, ...held }, _, environment) =>
      deletedVersion !== undefined
        ? bringBack(source, deletedVersion, takenBack, environment)
        : held.heldIn === undefined
          ? `Leave out --exclude ${source.application}. To see what Vault had: ${commandLine("phalanx", "secrets", "history", environment ?? "ENV", source.application)}`
          : `Without --exclude ${source.application}, a sync generates a new value. ${lastValueText(source, held, environment)}`,
  },
  "source-not-chosen": {
    text: ({ source, deletedVersion }) =>
      `comes from ${refId(source)}, which was not named, and ${notHeldText(source, deletedVersion)}`,
    hint: ({ source, deletedVersion, takenBack, ...held }, _, environment) =>
      deletedVersion !== undefined
        ? bringBack(source, deletedVersion, takenBack, environment)
        : held.heldIn === undefined
          ? `Name ${refId(source)}, too.`
          : `If you name ${refId(source)}, too, a sync generates a new value. ${lastValueText(source, held, environment)}`,
  },
  "source-too-long": {
    text: ({ source }) => `is a bcrypt hash of ${refId(source)}, which is longer than 72 bytes`,
    hint: () => "Choose a shorter one.",
  },
  "template-too-long": {
    text: () => "makes the templates of its application longer than the 1 MiB that a Kubernetes Secret holds",
    hint: (_, __, environment) =>
      `Shorten the template, or what it is made from${environment === undefined ? "" : "; phalanx lint says where it is"}.`,
  },
  "no-static-value": {
    text: ({ origin, deletedVersion }) =>
      NO_VALUE[origin] +
      (deletedVersion === undefined ? "" : `; version ${deletedVersion}, the latest, is soft-deleted`),
    hint: ({ origin, file, deletedVersion, takenBack, hasHistory }, ref, environment = "ENV") => {
      if (deletedVersion !== undefined) return bringBack(ref, deletedVersion, takenBack, environment);
      if (origin === "vault") {
        const put = hasHistory
          ? `An earlier version may have had it (${commandLine("phalanx", "secrets", "history", environment, refId(ref))} shows which; to restore it: ${restoreVersion(environment, "VERSION", refId(ref))}). If none had, put it into Vault`
          : "Put it into Vault";
        // A sync with such a file removes the clients that it leaves out. Last, a command can be pasted from any screen.
        return `${put} (or, with --secrets FILE, give all static secrets, OpenID Connect clients included; ${commandLine("phalanx", "secrets", "static-template", environment)} writes a file to fill in): ${commandLine("phalanx", "secrets", "set", environment, refId(ref))}`;
      }
      if (file !== undefined)
        return `Give it a value: ${commandLine("phalanx", "secrets", "set", environment, refId(ref), "--in", file)}`;
      return `Add ${refId(ref)} to ${{ file: "the file", onepassword: "1Password" }[origin]}.`;
    },
  },
  "not-a-string": {
    text: ({ rule }) => `is ${rule === undefined ? "static" : "generated"}, and what Vault holds is not a string`,
    hint: (reason, ref, environment = "ENV") => stringHint(reason, ref, environment),
  },
};

const NO_VALUE = {
  file: "has no value in the static secrets file, nor in Vault",
  onepassword: "has no value in 1Password, nor in Vault",
  vault: "has no value in Vault, and no other source of static secrets was given",
} as const;

function notHeldText({ application }: SecretRef, deletedVersion: number | undefined): string {
  return deletedVersion === undefined
    ? "Vault holds no value for it"
    : `the latest version of ${application} (${deletedVersion}) is soft-deleted`;
}

function bringBack(
  { application }: SecretRef,
  version: number,
  takenBack: TakenBack | undefined,
  environment = "ENV",
): string {
  if (takenBack !== undefined) return restoreTakenBack(takenBack, version, application, environment);
  return `To restore ${application} first: ${restoreVersion(environment, version, application)}`;
}

function wordsFor({ kind }: UnresolvedReason): Words<UnresolvedReason> {
  return UNRESOLVED[kind];
}

/** Why a secret has no value, in a few words. */
export function reasonText(reason: UnresolvedReason): string {
  return wordsFor(reason).text(reason);
}

/** What to do about it; without an environment if it applies to all of them. */
export function reasonHint(reason: UnresolvedReason, ref: SecretRef, environment?: string): string {
  return wordsFor(reason).hint(reason, ref, environment);
}

/** As many members of a cycle as help to break it. */
const SHOWN = 10;

/** `a/x <- a/y <- a/x`, truncated if it is long. */
export function cycleText(members: readonly SecretRef[]): string {
  const more = members.length - SHOWN;
  const shown = members.slice(0, SHOWN).map(refId);
  return [...shown, ...(more > 0 ? [`… ${more} more`] : []), ...shown.slice(0, 1)].join(" <- ");
}

/** What is wrong with a generated value that Vault holds. */
export function verificationText({ reason }: FailedVerification): string {
  return reason.kind === "wrong-format"
    ? `does not have the format of ${/^(mtime|oidc|rsa)/.test(reason.generator) ? "an" : "a"} ${reason.generator}: it was set by hand, or generated by another rule`
    : `is not the hash of ${refId(reason.source)}: one of the two is wrong`;
}

/** Why an earlier state of an application cannot be restored. */
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
      return `version ${reason.version}, from before the run, was soft-deleted after it`;
    case "destroyed-after-run":
      return `version ${reason.version} was destroyed after the run`;
    case "deleted-after-run":
      return `version ${reason.version} was soft-deleted after the run`;
    case "whole-only":
      return reason.action === "delete"
        ? "it did not exist then, so a key cannot be restored to that time; if you name the application, without a key, ALL of it is soft-deleted"
        : `version ${reason.version}${reason.action === "undelete" ? ", the latest," : ""} is soft-deleted`;
  }
}

/**
 * What to do about it.
 *
 * @param prefix Of the environment in Vault, as `secret/phalanx/demo`.
 */
export function lostHint(
  reason: LostReason,
  { environment, application }: { readonly environment: string; readonly application: string },
  prefix: string,
): string | undefined {
  switch (reason.kind) {
    case "deleted-after-run":
      return reason.takenBack === undefined
        ? `To restore it first: ${restoreVersion(environment, reason.version, application)}`
        : restoreTakenBack(reason.takenBack, reason.version, application, environment);
    case "before-deleted":
      return `To restore all of ${application} to that version instead: ${restoreVersion(environment, reason.version, application)}`;
    case "whole-only": {
      if (reason.action === "delete") return undefined;
      const whole = `${restoreVersion(environment, reason.version, application)} --dry-run`;
      // An undelete of the latest version brings all of its keys back.
      if (reason.action === "undelete") return `It can only be restored with all of its keys: ${whole}`;
      const undelete = commandLine(
        "vault",
        "kv",
        "undelete",
        `-versions=${reason.version}`,
        `${prefix}/${application}`,
      );
      return `To restore only what you named, undelete that version first (${undelete}), then run this again. To restore all keys: ${whole}`;
    }
    default:
      return undefined;
  }
}

/** The same once it has a new value: until a restart, its users may still hold the old one, or data may depend on it. */
export function replacedText(ref: SecretRef, held: Held & { readonly state?: HeldState }, environment = "ENV"): string {
  const { heldIn, mayBeOlder, state } = held;
  if (heldIn === undefined || mayBeOlder)
    return `${commandLine("phalanx", "secrets", "history", environment, refId(ref))} shows which versions had it, and who wrote them. If one of these values may still be in use, restore it before any restart: ${restoreVersion(environment, "VERSION", refId(ref))}`;
  if (state !== undefined && state !== "readable") return lastValueText(ref, held, environment);
  const value =
    state === undefined
      ? `value may still be in use and Vault still has version ${heldIn}`
      : "value may still be in use";
  return `If the old ${value}, restore it before any restart: ${restoreVersion(environment, heldIn, refId(ref))}`;
}

/** How to restore the last value of a generated secret that is gone. `state`: of that version, if it is known. */
export function lastValueText(
  ref: SecretRef,
  { heldIn, mayBeOlder, state }: Held & { readonly state?: HeldState },
  environment = "ENV",
): string {
  const history = commandLine("phalanx", "secrets", "history", environment, refId(ref));
  if (heldIn === undefined || mayBeOlder)
    return `${history} shows which versions had it, and who wrote them. To restore the one that is still in use instead: ${restoreVersion(environment, "VERSION", refId(ref))}`;
  const restore = restoreVersion(environment, heldIn, refId(ref));
  if (state === undefined) return `If Vault still has version ${heldIn}, this restores its value instead: ${restore}`;
  switch (state) {
    case "readable":
      return `To restore the value of version ${heldIn} instead: ${restore}`;
    case "deleted":
      return `Version ${heldIn} is soft-deleted. To list the versions: ${commandLine("phalanx", "secrets", "history", environment, ref.application)}`;
    case "destroyed":
      return `Version ${heldIn} was destroyed, so Vault no longer has its value.`;
    case "pushed-out":
      return `Vault no longer has version ${heldIn}.`;
  }
}
