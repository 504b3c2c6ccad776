import { count } from "../count.js";
import { lostHint, lostText } from "../reason.js";
import type { PlaceInVault, RUNS } from "../../model/diagnostics/runs.js";
import { refId } from "../../model/secret.js";
import { commandLine } from "../../model/shell.js";
import { resumeCommand } from "../resume-command.js";
import { PLANS_WORDS } from "./plans.js";
import { shownTime } from "../log-time.js";
import { fileReason } from "../file-reason.js";
import { restoreVersion } from "../restore-command.js";
import { SEEN, UNSEEN } from "../unseen.js";
import type { Words } from "./words.js";

const NOT_WRITTEN = "nothing was written";
const STATE_HOME = "Set XDG_STATE_HOME to a directory";

export const RUNS_WORDS: Words<typeof RUNS> = {
  ...PLANS_WORDS,
  "deletion-spares": {
    summary: ({ details: { secrets } }) =>
      `kept, because no other source is known: ${count(secrets.length, "key")} (${secrets.join(", ")}); --include-unsourced deletes ${secrets.length === 1 ? "it" : "them"}, too`,
  },
  "derived-value-stale": {
    summary: ({ subject }) => `${refId(subject)} is made from a restored secret, and its value from that time is gone`,
    hint: ({ subject }) =>
      `After the restore, rotate it: ${commandLine("phalanx", "secrets", "rotate", subject.environment, refId(subject))}`,
  },
  "history-missing": {
    summary: ({ subject }) => `${subject.application} has no history in Vault`,
    hint: ({ subject, details: { meant } }) => {
      const history = historyHint({ subject });
      // As in --last 3.
      if (/^\d+$/.test(subject.application))
        return `Name a run by its run ID, not by a number. ${history} --run ID undoes one.`;
      return meant === undefined ? history : `Did you mean "${meant}"? ${history}`;
    },
  },
  "history-without-key": {
    summary: ({ subject }) => `no version of ${subject.application} that can be read has ${subject.key}`,
    hint: ({ subject, details: { meant } }) =>
      meant === undefined ? historyHint({ subject }) : `Did you mean "${subject.application}/${meant}"?`,
  },
  "input-mark-removed": { summary: "A byte order mark at the beginning of the input was removed; --raw keeps it." },
  "input-newline-removed": { summary: "One newline at the end of the input was removed; --raw keeps it." },
  "next-sync-unknown": {
    summary: ({ details: { cause } }, { lineOf }) =>
      `it is unknown whether the next sync would change static secrets again: ${lineOf(cause)}`,
  },
  "other-mount-unknown": {
    summary: ({ details }, { lineOf }) =>
      `could not check whether the mount "secret" also holds data of this environment: ${lineOf(details.cause)}`,
  },
  "pending-file-damaged": {
    summary: ({ details }) => `${details.file} is damaged`,
    hint: ({ subject: { environment }, details: { file } }) =>
      `To see what the interrupted run changed: ${commandLine("phalanx", "secrets", "history", environment)}\nThen remove the file: ${commandLine("rm", file)}`,
  },
  "pending-file-unreadable": {
    summary: ({ details: { file, reason } }) => `${file} cannot be read (${fileReason(reason)})`,
    hint: `Interrupted runs are kept there. ${STATE_HOME} of your own.`,
  },
  "pending-run-elsewhere": {
    summary: ({ subject, details: { there, here, command, created } }) =>
      `A ${interruptedText(subject, { command, created })}, in another place: ${placeInVault(there)}; here it is ${placeInVault(here)}`,
    hint: ({ subject: { environment }, details: { command, run, there, here, file } }) => {
      const access = there.url === here.url ? [] : ["--vault-address", there.url];
      const resume = resumeCommand(command, environment, { mass: [], access, sources: [] });
      const undo = commandLine("phalanx", "secrets", "restore", environment, "--run", run, ...access);
      return `It may have changed some of its secrets and not others. Continue it ${there.mount === here.mount && there.path === here.path ? "there" : "with the configuration of that place"} (${resume}), or undo it there (${undo}). Only after that, forget it here: ${commandLine("rm", file)}`;
    },
  },
  "pending-run-exists": {
    summary: ({ subject, details }) => `A ${interruptedText(subject, details)}`,
    hint: ({ subject: { environment }, details: { command, run, mayBeMass, ...kept } }) => {
      const mass = mayBeMass || kept.mass.length > 0 ? ["--allow-mass-change"] : [];
      const undo = commandLine(
        "phalanx",
        "secrets",
        "restore",
        environment,
        "--run",
        run,
        ...mass,
        ...kept.sources,
        ...kept.access,
      );
      return `Once it has stopped, continue it with ${resumeCommand(command, environment, kept)}, or undo what it did: ${undo}`;
    },
  },
  "pending-run-missing": {
    summary: ({ subject, details }) =>
      `No interrupted ${nounOf(details.command)} of ${subject.environment} is recorded on this machine`,
    hint: ({ subject: { environment }, details: { command } }) =>
      `If it ran on another machine, continue it there: only that machine knows how far it got. Without --resume, ${command === "rotate" ? "each secret named" : "every generated secret"} gets another new value. If that machine is gone, rotate only what the run did not change. To see what it changed: ${commandLine("phalanx", "secrets", "history", environment)}`,
  },
  "pending-run-of-others": {
    summary: ({ details }) => `${details.given} is not among the secrets of the interrupted rotation`,
    hint: ({ details }) => `They are ${details.secrets.join(", ")}.`,
  },
  "pending-run-unproven": {
    summary: ({ subject, details }) =>
      `Nothing here was written by the interrupted ${nounOf(details.command)} of ${subject.environment}`,
    hint: ({ details }) => `To start over, remove its file: ${commandLine("rm", details.file)}`,
  },
  "pending-secrets-changed": {
    summary: ({ subject, details: { secrets } }) =>
      `${subject.application} was written after the interrupted run began, and there is no record that this run wrote it: ${secrets.join(", ")} may still have ${secrets.length === 1 ? "the old value, and is" : "their old values, and are"} left alone`,
    hint: ({ subject: { environment, application }, details: { secrets } }) =>
      `${commandLine("phalanx", "secrets", "history", environment, application)} shows what was changed. If ${secrets.length === 1 ? "the old value is" : "the old values are"} still there: ${commandLine("phalanx", "secrets", "rotate", environment, ...secrets)}`,
  },
  "pending-write-unnoted": {
    summary: ({ subject: { environment, application }, details: { version } }) =>
      `${application} has changed since that run began, and there is no record of who changed it; to undo that, too: ${restoreVersion(environment, version, application)}`,
  },
  "pull-secret-changed": {
    summary: `The pull secret was changed in Vault in the meantime: ${NOT_WRITTEN}`,
    hint: "Run the command again.",
  },
  "pull-secret-hosts": {
    summary: "The pull secret takes one registry host at a time",
    hint: ({ subject }) => commandLine("phalanx", "secrets", "set", subject.environment, "pull-secret", "HOST"),
  },
  "pull-secret-unknown-form": {
    summary: ({ subject }) =>
      `The pull secret of ${subject.environment} in Vault does not have the form that phalanx writes`,
    hint: ({ subject }) =>
      `Give all registries in a file: ${commandLine("phalanx", "secrets", "set", subject.environment, "--from-file", "FILE")}`,
  },
  "purge-keeps-versions": {
    summary: ({ details: { secrets } }) =>
      `--purge destroys only whole Vault secrets: older versions keep the ${secrets.length === 1 ? "value" : "values"} of ${secrets.join(", ")}`,
    hint: ({ subject: { environment }, details: { applications, prefix } }) => {
      const [first = ""] = applications;
      const history = commandLine("phalanx", "secrets", "history", environment, ...applications);
      const destroy = commandLine("vault", "kv", "destroy", "-versions=N", `${prefix}/${first}`);
      return `To list them: ${history}. To destroy version N of ${first}, with ALL of its keys and for good, so that restore can no longer use it: ${destroy}`;
    },
  },
  "purge-unattended": {
    summary: ({ details: { unseen } }) =>
      unseen
        ? `--purge has to ask, but cannot, ${UNSEEN}`
        : "--purge has to ask, but there is no one to ask (no terminal, or CI is set)",
    hint: ({ details: { unseen } }) =>
      unseen
        ? `${SEEN} Or soft-delete instead: leave --purge out.`
        : "Soft-delete instead (leave --purge out), or run it in a terminal.",
  },
  "registry-credentials-malformed": {
    summary: "The input is not USERNAME:PASSWORD",
    hint: ({ details: { command } }) =>
      `Write USERNAME:PASSWORD.${command === undefined ? "" : ` At a terminal, phalanx asks for both: ${commandLine("phalanx", ...command)}`}`,
  },
  "registry-password-empty": { summary: "The password is empty" },
  "registry-user-empty": { summary: "The user name is empty" },
  "restore-changes-nothing": { summary: "Nothing to restore: Vault already holds these values." },
  "restore-incomplete": {
    summary: `Not everything can be restored: ${NOT_WRITTEN}`,
    hint: ({ subject: { environment }, details: { command } }) => {
      const history = commandLine("phalanx", "secrets", "history", environment);
      return command === undefined
        ? `To see which versions there are: ${history}`
        : `To see which versions there are: ${history}\nTo restore everything else: ${commandLine("phalanx", ...command, "--partial")}`;
    },
  },
  "restore-keeps-change": {
    summary: ({ subject, details }) =>
      details.isGone
        ? `${refId(subject)} has been removed since that run, and stays missing`
        : `${refId(subject)} has changed since that run, and keeps its value`,
    hint: ({ subject, details: { version } }) =>
      version === undefined
        ? undefined
        : `To restore it all the same: ${restoreVersion(subject.environment, version, refId(subject))}`,
  },
  "restore-leaves-followers": {
    summary: ({ details: { secrets } }) =>
      `after this restore, ${secrets.join(", ")} ${secrets.length === 1 ? "does not match its source" : "do not match their sources"}`,
    hint: ({ subject: { environment }, details: { secrets, sources, run } }) => {
      const update = commandLine("phalanx", "secrets", "sync", environment, ...secrets);
      if (sources === undefined)
        return `After the restore, and before any restart, update ${secrets.length === 1 ? "it" : "them"}: ${update}`;
      const [are, them, their] =
        sources.length === 1 ? ["is", "it", "its value is"] : ["are", "them", "their values are"];
      const back =
        run === undefined
          ? `restore ${them}, too; ${commandLine("phalanx", "secrets", "history", environment, ...sources)} shows the runs and versions to choose from`
          : `restore ${them}, too: ${commandLine("phalanx", "secrets", "restore", environment, "--run", run)}`;
      return `${sources.join(", ")} ${are} not restored. After the restore, and before any restart, ${back}. Only if ${their} right, update the ${secrets.length === 1 ? "copy" : "copies"} instead: ${update}`;
    },
  },
  "restore-lost": {
    summary: ({ subject, details }) => `${subject.application}: ${lostText(details.reason)}`,
    hint: ({ subject, details: { reason, prefix } }) => lostHint(reason, subject, prefix),
  },
  "restore-point-unclear": {
    summary: "Give exactly one of --last, --run, --at and --kv-version",
    hint: ({ subject }) =>
      `${commandLine("phalanx", "secrets", "history", subject.environment)} shows runs, times and versions.`,
  },
  "restore-read-interrupted": {
    summary: ({ subject, details: { version } }) =>
      `version ${version} of ${subject.application}, left readable by an interrupted restore, was deleted again`,
  },
  "restore-run-unknown": {
    summary: ({ details }) => `No version in Vault was written by run ${details.run}`,
    hint: historyHint,
  },
  "restore-time-before-history": {
    summary: ({ details }) =>
      `The history in Vault begins only at ${shownTime(details.earliest)}, after the time given with --at`,
    hint: historyHint,
  },
  "restore-time-in-future": { summary: ({ details }) => `--at ${details.given} is in the future` },
  "restore-time-uncertain": {
    summary:
      "Vault keeps no record of undeletions: if something was soft-deleted at that time, and another program has undeleted it since, this plan treats it as if it had not been deleted",
  },
  "restore-time-within-run": {
    summary: ({ details: { run } }) => `run ${run} was writing at that time: what it wrote later is not restored`,
    hint: ({ details: { until } }) => `For the state after it, give --at ${until}`,
  },
  "restore-stops-sync": {
    summary: ({ details }) =>
      `this soft-deletes ${details.applications.join(", ")}: until that is restored, a sync of the whole environment writes nothing; with names or --partial, it writes the rest`,
  },
  "restore-undone-by-sync": {
    summary: ({ details }) => `the next sync would change this again: ${details.secrets.join(", ")}`,
    hint: ({ details: { files, onepassword, configuration, removed } }) => {
      const places = [...files, ...(onepassword ? ["1Password"] : []), ...(configuration ? ["the configuration"] : [])];
      const hints = [
        ...(places.length === 0 ? [] : [`To keep what was restored, put the same value into ${places.join(" or ")}.`]),
        ...(removed.length === 0 ? [] : [`The configuration still requires ${removed.join(", ")}.`]),
      ];
      return hints.length === 0 ? undefined : hints.join(" ");
    },
  },
  "restore-regenerated-by-sync": {
    summary: ({ subject }) => `the next sync generates a new value for ${refId(subject)}`,
    hint: ({ subject, details: { version } }) =>
      version === undefined
        ? undefined
        : `To restore the value of version ${version}, from before it was removed: ${restoreVersion(subject.environment, version, refId(subject))}`,
  },
  "restore-without-source": {
    summary: ({ subject, details: { source } }) =>
      `${refId(subject)} was a copy of ${refId(source)}, which is missing; the copy keeps the restored value until a sync gives both a new one`,
    hint: ({ subject, details: { source, version } }) =>
      version === undefined
        ? undefined
        : `To restore the source: ${restoreVersion(subject.environment, version, refId(source))}`,
  },
  "restore-version-of-what": {
    summary: "--kv-version needs the names of the applications to restore",
    hint: "Each application has its own version numbers. Name the applications as APP or APP/KEY.",
  },
  "restore-without": {
    summary: ({ subject, details }) => `${subject.application} is not restored: ${lostText(details.reason)}`,
  },
  "run-interrupted": {
    summary: ({ subject, details }) => `a ${interruptedText(subject, details)}`,
    hint: ({ subject: { environment }, details: { command, ...kept } }) =>
      `Some secrets may have new values, and others that follow them their old ones: do not restart anything before it is continued or undone. Once it has stopped, continue it: ${resumeCommand(command, environment, kept)}`,
  },
  "run-interrupted-unknown": {
    summary: ({ subject, details: { cause } }, { lineOf }) =>
      `could not check whether a run of ${subject.environment} was interrupted: ${lineOf(cause)}`,
    hint: ({ subject: { environment } }) =>
      `Before any restart, see what was changed last: ${commandLine("phalanx", "secrets", "history", environment)}`,
  },
  "run-stopped-early": {
    summary: ({ details: { resumable, again } }) => {
      const done = "the run stopped early; the changes above were made.";
      if (resumable) return done;
      return again === undefined
        ? `${done} Run it again to make the others.`
        : `${done} To make the others: ${commandLine("phalanx", ...again)}`;
    },
  },
  "state-directory-unusable": {
    summary: ({ details: { directory, reason } }) => `${directory} cannot be created (${reason})`,
    hint: `Interrupted runs are kept there. ${STATE_HOME} that you can write to.`,
  },
  "value-empty": { summary: "The value is empty", hint: "An empty value counts as missing." },
};

function historyHint({ subject }: { readonly subject: { readonly environment: string } }): string {
  return `${commandLine("phalanx", "secrets", "history", subject.environment)} shows what there is.`;
}

function nounOf(command: string): string {
  return command === "rotate" ? "rotation" : command;
}

function interruptedText(
  { environment }: { readonly environment: string },
  { command, created }: { readonly command: string; readonly created: string },
): string {
  return `${nounOf(command)} of ${environment} from ${shownTime(created)} was interrupted, or is still running`;
}

function placeInVault({ url, namespace, mount, path }: PlaceInVault): string {
  return `${mount}/${path} of ${url}${namespace === undefined ? "" : ` (namespace ${namespace})`}`;
}
