import type { CauseDetails, ForeignDetails, OPERATIONS } from "../../model/diagnostics/operations.js";
import { refId } from "../../model/secret.js";
import { commandLine } from "../../model/shell.js";
import { count } from "../count.js";
import { lastValueText, replacedText, reasonHint, reasonText } from "../reason.js";
import { purposeText } from "../vault-credentials.js";
import { SEEN, UNSEEN } from "../unseen.js";
import type { Words } from "./words.js";

/** What was typed, with one more option. */
function typed(command: readonly string[] | undefined, option: string): string {
  return command === undefined ? `give ${option}.` : commandLine("phalanx", ...command, option);
}

/** On two lines, so that each can be pasted. */
function reviewed(command: readonly string[] | undefined, option: string): string {
  const consent = `If this is what you want: ${typed(command, option)}`;
  if (command === undefined) return consent;
  const review = typed(
    command.filter((word) => word !== "--yes"),
    "--dry-run",
  );
  return `To review it first: ${review}\n${consent}`;
}

export const OPERATIONS_WORDS: Words<typeof OPERATIONS> = {
  "application-keeps-changing": {
    summary: ({ subject: { application }, details: { replans } }) =>
      `${application} keeps changing in Vault: it was planned again ${replans} times and not overwritten`,
    hint: "Something else is writing to it. Find out what, then run the command again.",
  },
  "application-too-large": {
    summary: ({ subject: { application }, details: { keys, url } }) =>
      `${application} would have ${keys} keys, more than Vault at ${url} takes in one request`,
    hint: "Split it, or raise max_request_json_strings of the server: OpenBao takes 1,000 names and values by default.",
  },
  "applications-too-large": { summary: "Some applications would have too many keys: nothing was written" },
  "approle-not-adopted": {
    summary: ({ details: { role, policies } }) =>
      `The AppRole ${role} has policies that are not this environment's: ${policies.join(", ")}`,
    hint: ({ subject: { environment }, details: { policies, environments } }) => {
      const paths = policies.flatMap((policy) => /^(.+)\/read$/.exec(policy)?.[1] ?? []);
      const owners =
        environments.length > 0
          ? `It probably belongs to ${environments.join(", ")}.`
          : paths.length > 0
            ? `It probably belongs to an environment with the path ${paths.join(" or ")} in Vault.`
            : "Find out who logs in with it.";
      return `${owners} An AppRole is named after the last component of vaultPathPrefix: choose another last component for ${environment} before its first sync. If you change it later, the new prefix starts empty; ${commandLine("phalanx", "vault", "copy-secrets", environment, "OLDPREFIX")}, run in a branch that has the new prefix, brings the values along. If no one else uses the AppRole any more, add --adopt.`;
    },
  },
  "capabilities-missing": {
    summary: "The Vault token is not allowed to write everything that this run would write: nothing was written",
    hint: ({ subject: { environment } }) =>
      `Use the environment's write token; ${commandLine("phalanx", "vault", "preflight", environment)} checks it.`,
  },
  "capability-missing": {
    summary: ({ details }) =>
      `${purposeText(details)}: lacks the capability "${details.capability}" on ${details.path}`,
  },
  "clients-emptied": {
    summary: ({ subject }) =>
      `${refId(subject)}: the static secrets name no OpenID Connect clients, so all clients in Vault are removed`,
  },
  "consent-missing": {
    summary: ({ subject: { environment }, details: { changed, unseen, file } }) =>
      `${changed === 0 ? "This would write to" : `This would change or delete ${count(changed, "value")} in`} ${file ?? environment}, but ${unseen ? `phalanx cannot ask, ${UNSEEN}` : "there is no one to ask (no terminal, or CI is set)"}: nothing was written`,
    hint: ({ details: { command, unseen, file } }) =>
      [
        ...(unseen ? [SEEN] : []),
        file === undefined ? reviewed(command, "--yes") : `If this is what you want: ${typed(command, "--yes")}`,
      ].join(" "),
  },
  "credential-may-live-on": {
    summary: ({ details: { credential, accessor, isNew, cause } }, { lineOf }) =>
      `the ${isNew ? "new " : ""}${credential} with accessor ${accessor} may still be valid: ${lineOf(cause)}`,
  },
  "credential-not-delivered": {
    summary: ({ details: { credential, cause } }, { lineOf }) =>
      `The new ${credential} could not be written out: ${lineOf(cause)}`,
    hint: ({ details: { ended } }) =>
      ended
        ? "It was revoked, and the old ones stay valid. Choose another destination, then run the command again."
        : "The old ones stay valid. Choose another destination, then run the command again: it revokes the others.",
  },
  "credential-unknown": {
    summary: ({ details: { credential, cause } }, { lineOf }) => `${lineOf(cause)}; no new ${credential} was received`,
    hint: ({ details: { credential, cause } }, { hintOf }) => {
      const advice = hintOf(cause.code === "outcome-unknown" ? (cause.details as CauseDetails).cause : cause);
      const again = `Run the command again: it ${credential === "token" ? "revokes" : "destroys"} any ${credential} that was created but not printed.`;
      return advice === undefined ? again : `${advice} ${again}`;
    },
  },
  "credentials-not-adopted": {
    summary: ({ details: { path, environments, takes } }) => {
      const [has, its] = environments.length === 1 ? ["has", "its"] : ["have", "their"];
      const would =
        takes === "credentials"
          ? `revoke ${its} credentials`
          : `overwrite ${its} policy, and ${its} credentials could no longer read ${its} secrets`;
      return `${environments.join(", ")} ${has} the same path in Vault (${path}), so this would ${would}`;
    },
    hint: ({ subject: { environment } }) =>
      `If vaultPathPrefix of ${environment} was copied, correct it before the first sync. If you change it later, the new prefix starts empty; ${commandLine("phalanx", "vault", "copy-secrets", environment, "OLDPREFIX")}, run in a branch that has the new prefix, brings the values along. If the environments share it on purpose, add --adopt to go ahead, and give the new credentials to all of them.`,
  },
  "environment-not-adopted": {
    summary: ({ details }) => foreignText(details),
    hint: ({ subject: { environment }, details: { run, environments, isOwn } }) => {
      const words = ["secrets", "restore", environment, "--run", run ?? "", "--adopt", "--dry-run"];
      const others = environments.join(", ");
      const undo =
        run === undefined
          ? ""
          : ` Only if that run wrote here by mistake, see what undoing it would do: ${commandLine("phalanx", ...words)}`;
      return isOwn
        ? `${environment} has written here before. If ${others} is still in use, its vaultPathPrefix may be the wrong one: check that first. If it is gone for good, or to go on as ${environment} all the same, add --adopt.${undo}`
        : `If the vaultPathPrefix of ${environment} is wrong, correct it before its first sync: if you change it later, the new prefix starts empty. If it is right, and ${others} no longer needs what is here, add --adopt.${undo}`;
    },
  },
  "folders-unchecked": {
    summary: ({ details: { prefix, folders } }) =>
      `${prefix} also holds ${folders.join(", ")}: phalanx reads one Vault secret per application, and nothing in such folders`,
  },
  "generated-key-gone": {
    summary: ({ subject, details: { version, mayBeOlder, now } }) =>
      `${refId(subject)} was removed from Vault (version ${version}${mayBeOlder ? " or a later one" : ""} had it), so ${now === "sync" ? "this sync" : now === "run" ? "this run" : "a sync"} generates a new value`,
    hint: ({ subject, details: { version: heldIn, now, isReported, ...more } }) => {
      const isLost = more.state !== undefined && more.state !== "readable";
      if (isReported && !isLost) return undefined;
      return (now === undefined ? lastValueText : replacedText)(subject, { heldIn, ...more }, subject.environment);
    },
  },
  "generator-changed": {
    summary: ({ subject, details: { generated, declared } }) =>
      `${refId(subject)} was generated as ${generated}, but is now declared as ${declared}; it keeps its value until it is rotated`,
  },
  "hash-kept-without-source": {
    summary: ({ subject, details }) => `${refId(subject)} ${reasonText(details)}; it keeps the value that Vault holds`,
    hint: ({ subject, details }) => reasonHint(details, subject, subject.environment),
  },
  "hash-older-than-source": {
    summary: ({ subject, details: { source } }) => `${refId(subject)} was last written before its source, ${source}`,
    hint: ({ subject }) =>
      `To check whether they match: ${commandLine("phalanx", "secrets", "audit", subject.environment, "--verify")}. Only if they do not: ${commandLine("phalanx", "secrets", "rotate", subject.environment, refId(subject))}`,
  },
  "history-too-long": {
    summary: ({ details: { most } }) => `Vault reports more than ${most} versions, too many to read`,
    hint: ({ details: { all } }) =>
      all
        ? "Name the applications whose history you want."
        : "Name fewer applications, or lower max_versions of their Vault secrets.",
  },
  "interrupted-before-writing": {
    summary: "Interrupted: nothing was written",
    hint: "Run it again when you are ready.",
  },
  "interrupted-while-writing": {
    summary: ({ details: { left } }) =>
      left === undefined ? "Interrupted: nothing more was written" : `Interrupted. Not written: ${left.join(", ")}`,
    hint: "To make the other changes, or to undo what was done, use the commands above.",
  },
  "mass-change": {
    summary: ({ subject: { environment }, details: { counts, count, existing } }) =>
      `This would ${counts === "deletions" ? "delete" : "change or delete"} ${count} of the ${existing} keys of ${environment}`,
    hint: ({ details: { command, kept } }) =>
      kept === undefined
        ? reviewed(command, "--allow-mass-change")
        : `The plan does not allow that. If this is what you want, make a new plan: ${kept} --allow-mass-change`,
  },
  "new-token-untested": {
    summary: ({ details: { cause } }, { lineOf }) =>
      `it is unknown whether the new token works, and no older one was revoked: ${lineOf(cause)}`,
  },
  "key-refused-by-kubernetes": {
    summary: ({ subject }) =>
      `${refId(subject)} is not a valid key of a Kubernetes Secret, so none of the secrets of ${subject.application} reach the cluster`,
    hint: "Use letters, digits, hyphens, underscores and dots only, at most 253 of them, and not two dots at the start.",
  },
  "prefix-in-common": {
    summary: ({ subject: { environment }, details: { environments, what } }) => {
      const [have, their] = environments.length === 1 ? ["has", "its"] : ["have", "their"];
      const others = `${environments.join(", ")} ${have}`;
      switch (what) {
        case "changes":
          return `${others} the same prefix in Vault as ${environment}, so this changes ${their} secrets, too`;
        case "credentials":
          return `${others} the same path in Vault as ${environment}, and so the same policies, AppRole and write tokens`;
        case "secrets":
          return `${others} the same prefix in Vault as ${environment}, and so the same secrets`;
      }
    },
    hint: "If that is not intended, find out which vaultPathPrefix is wrong before you change one: a new prefix starts empty.",
  },
  "secret-beyond-kubernetes": {
    summary: ({ subject: { application }, details: { bytes } }) =>
      `the secrets of ${application} are ${bytes} bytes in total, more than the 1 MiB that a Kubernetes Secret holds, so none of them reach the cluster`,
    hint: "Shorten or remove the longest of them, or move some to another application.",
  },
  "notes-of-other-environment": {
    summary: ({ details }) => `${foreignText(details)}: nothing was noted`,
    hint: "Check vaultPathPrefix. If the environment was renamed, sync it with --adopt.",
  },
  "other-mount-holds-data": {
    summary: ({ details: { mount, path } }) =>
      `this environment's mount is "${mount}", and secret/${path} holds data, too. The original may have written it: it always uses the mount "secret". Copy what you need`,
  },
  "parent-expiry-unknown": {
    summary: ({ details: { cause } }, { lineOf }) => `it is unknown when the current token expires: ${lineOf(cause)}`,
  },
  "plan-exceeds-approval": {
    summary: ({ details: { changes } }) =>
      `Vault changed during the run, and more would have to change than was planned: ${changes.join(", ")}`,
    hint: "Run an audit or a plan to see it, then run the command again.",
  },
  "plan-stopped-meanwhile": {
    summary: "Vault changed during the run, and some secrets can no longer be written",
    hint: "Run an audit to see which.",
  },
  "prefix-of-other-environment": {
    summary: ({ details }) => foreignText(details),
    hint: ({ subject: { environment } }) =>
      `${environment} cannot change the secrets there that belong to another environment. To see what to do: ${commandLine("phalanx", "secrets", "plan", environment)}`,
  },
  "recovered-version-readable": {
    summary: ({ subject: { application }, details: { version } }) =>
      `${application}: an interrupted restore may have left the deleted version ${version} readable; run the restore again: it deletes that version again`,
  },
  "secret-changed-meanwhile": {
    summary: ({ details: { secrets } }) =>
      `Changed by somebody else in the meantime, so not overwritten: ${secrets.map(({ name, version }) => `${name} (version ${version})`).join(", ")}`,
    hint: ({ subject: { environment }, details: { secrets, begun } }) => {
      const history = commandLine("phalanx", "secrets", "history", environment, ...secrets.map(({ name }) => name));
      return begun
        ? `Before you continue, review the change: ${history}`
        : `Review it: ${history}; then run the command again.`;
    },
  },
  "second-credential-unknown": {
    summary: ({ details: { credential, cause } }, { lineOf }) =>
      `it is unknown whether a second ${credential} was created: ${lineOf(cause)}`,
  },
  "token-expiry-unknown": {
    summary: "the token is not allowed to look itself up, so its expiry is unknown",
  },
  "mount-deletes-versions": {
    summary: ({ details: { mount, after } }) =>
      `the mount ${mount} deletes every version ${after} after it was written`,
    hint: ({ details: { mount } }) =>
      `To keep what is written from now on: ${commandLine("vault", "write", `${mount}/config`, "delete_version_after=0s")}`,
  },
  "mount-keeps-one-version": {
    summary: ({ details: { mount } }) =>
      `the mount ${mount} keeps one version of each secret: what a run replaces is gone for good`,
    hint: ({ details: { mount } }) =>
      `To keep ten: ${commandLine("vault", "write", `${mount}/config`, "max_versions=10")}`,
  },
  "version-will-disappear": {
    summary: ({ details: { versions } }) => {
      const list = versions.map(({ application, version, time }) => `${application} (version ${version}) at ${time}`);
      return `because of delete_version_after, Vault will delete ${list.join(", ")}`;
    },
    // Undeleting computes the deletion time again. `kv metadata put` keeps what it is not given; `patch` ignores 0s.
    hint: ({ details: { mount, prefix, versions } }) => {
      const [first] = versions;
      if (first === undefined) return undefined;
      const path = `${prefix}/${first.application}`;
      const commands = [
        ["vault", "write", `${mount}/config`, "delete_version_after=0s"],
        ["vault", "kv", "metadata", "put", "-delete-version-after=0s", path],
        ["vault", "kv", "undelete", `-versions=${first.version}`, path],
      ].map((words) => commandLine(...words));
      const which = versions.length > 1 ? `. First ${first.application}, then the others in the same way` : "";
      return `To keep ${versions.length > 1 ? "them" : "it"}, set delete_version_after of the mount and of the secret to 0s, then undelete the version${which}: ${commands.join(" && ")}`;
    },
  },
  "vault-changed-meanwhile": {
    summary: ({ details: { applications } }) => `Vault changed during the run: ${applications.join(", ")}`,
    hint: "Make a new plan and review it.",
  },
  "prefix-adopted": {
    summary: ({ subject: { environment }, details: { prefix, applications, former } }) =>
      `under ${prefix}, ${applications.join(", ")} now ${applications.length === 1 ? "belongs" : "belong"} to ${environment}; ${former.join(", ")} ${former.length === 1 ? "needs" : "need"} --adopt to change ${applications.length === 1 ? "it" : "them"}`,
  },
  "written-by-other-program": {
    summary: ({ details: { versions } }) => {
      const list = versions.map(({ application, version }) => `${application} (version ${version})`);
      return `not recorded as written by phalanx: ${list.join(", ")}`;
    },
    hint: ({ subject: { environment }, details: { versions, keepsGenerated } }) => {
      const names = versions.map(({ application }) => application);
      const history = commandLine("phalanx", "secrets", "history", environment, ...names);
      return `${keepsGenerated ? "A sync keeps generated values that were written there, and puts back everything else that has a source. " : ""}To see what changed: ${history}`;
    },
  },
  "writes-failed": { summary: ({ details: { count } }) => `${count} writes failed` },
};

function foreignText({ prefix, environments, run }: ForeignDetails): string {
  const last = run === undefined ? "" : `, last written by its run ${run}`;
  return `${prefix} holds secrets of another environment (${environments.join(", ")}${last})`;
}
