import type { PLANS } from "../../model/diagnostics/plans.js";
import { PULL_SECRET } from "../../model/environment.js";
import type { ObjectName } from "../../model/consumer.js";
import { commandLine } from "../../model/shell.js";
import { printable } from "../printable.js";
import { objectText } from "../use.js";
import { unreadableFile } from "../file-reason.js";
import { restoreTakenBack, restoreVersion } from "../restore-command.js";
import type { Words } from "./words.js";

const SOURCES = { file: "a file", onepassword: "1Password", none: "Vault alone" } as const;

export const PLANS_WORDS: Words<typeof PLANS> = {
  "deleted-secret-read": {
    summary: ({ subject, details: { readers, keys = [subject.application] } }) =>
      `${keys.join(", ")}: the charts still read what this deletes: ${readersText(readers)}`,
    hint: ({ subject: { application }, details: { keys, unasked } }) => {
      const names = keys ?? [application];
      const it = names.length === 1 ? "it" : "them";
      const keep = unasked
        ? `To bring ${it} back, undo the run.`
        : `To keep ${it}: ${commandLine(...names.flatMap((name) => ["--keep", name]))}`;
      if (application === PULL_SECRET) return `Without it they cannot fetch images from these registries. ${keep}`;
      if (keys === undefined)
        return `If the application was renamed, correct the path in the chart${unasked ? "" : " first"}. ${keep}`;
      return `${unasked ? "Change" : "First change"} the charts so that they do not need ${it}. ${keep}`;
    },
  },
  "deleted-version-covered": {
    summary: ({ subject, details }) =>
      `${subject.application}: its latest version, ${details.version}, was soft-deleted: this writes a new version over it, without restoring any of its values`,
    hint: ({ subject: { environment, application }, details: { version, takenBack } }) =>
      takenBack === undefined
        ? `To restore it instead: ${restoreVersion(environment, version, application)}`
        : restoreTakenBack(takenBack, version, application, environment),
  },
  "plan-application-changed": {
    summary: ({ subject, details: { planned, found } }) =>
      `${subject.application} has changed in Vault: it was ${versionText(planned)}, and is now ${versionText(found)}`,
  },
  "plan-changes-differ": {
    summary: "the changes would differ from the plan: the static secrets have changed",
  },
  "plan-configuration-changed": { summary: "the configuration has changed since the plan was made" },
  "plan-file-changed": { summary: ({ details }) => `${details.file} was changed after it was made`, hint: makeNew },
  "plan-file-invalid": {
    summary: ({ details }) => `${details.file} is not a plan file, or is cut off`,
    hint: makeOne,
  },
  "plan-file-of-other-environment": {
    summary: ({ subject, details: { file, plannedFor } }) =>
      `${file} is a plan for ${plannedFor}, not for ${subject.environment}`,
    hint: makeOne,
  },
  "plan-file-of-other-version": {
    summary: ({ details }) => `${details.file} was made by another version of phalanx`,
    hint: makeNew,
  },
  "plan-file-unreadable": {
    summary: ({ details: { file, reason } }) => unreadableFile(file, reason),
    hint: ({ details: { meant, make } }) =>
      `${meant === undefined ? "" : `Did you mean "${meant}"? `}To make one: ${make}`,
  },
  "plan-item-changed": {
    summary: ({ details: { title, planned, found } }) =>
      `the 1Password item "${title}" has changed: it was ${itemText(planned)}, and is ${itemText(found)}`,
  },
  "plan-location-differs": { summary: "the plan is for another Vault or prefix" },
  "plan-mass-change": {
    summary: ({ details: { counts, count, existing, needs } }) => {
      const asks = {
        "plan-file": ": to apply this plan, make it again with --allow-mass-change",
        run: ": give --allow-mass-change, or type the name of the environment when you are asked for it",
      };
      const what = counts === "deletions" ? "deletes" : "changes or deletes";
      return `this ${what} ${count} of ${existing} keys${needs === undefined ? "" : asks[needs]}`;
    },
  },
  "plan-outdated": {
    summary: ({ details }) => `${details.file} is out of date: nothing was written`,
    hint: ({ details }) => `Make a new plan and review it: ${details.again}`,
  },
  "plan-static-files-differ": {
    summary: ({ details: { file, planned, given } }) => {
      const found = given.map((name) => (name === "-" ? "standard input" : name)).join(", ");
      const other = given.length === 0 ? "but no file is given" : `not from ${found}`;
      return `${file} was made with static secrets from ${planned.join(", ")}, ${other}: nothing was written`;
    },
    hint: ({ details: { command } }) => `Use the files that the plan was made from: ${command}`,
  },
  "plan-static-source-differs": {
    summary: ({ details: { planned, found } }) =>
      planned === "none"
        ? `The plan was made without a source of static secrets, but now they come from ${SOURCES[found]}`
        : `The plan was made with static secrets from ${SOURCES[planned]}, but now they come from ${SOURCES[found]}`,
    hint: ({ details: { planned, found } }) =>
      planned === "file"
        ? "Give the same file with --secrets FILE."
        : found === "file"
          ? "Leave --secrets out."
          : "Make a new plan.",
  },
  "plan-values-unchecked": {
    summary: "the values come from the static secrets file as it is now, because a plan file holds none",
    hint: "Whatever has changed in that file since the plan was made has not been reviewed.",
  },
  "undo-impossible": {
    summary: ({ subject }) =>
      `${subject.application}: this cannot be undone, because Vault keeps no earlier version of it`,
  },
  "undo-pushed-out": {
    summary: ({ subject, details: { version, certain, next } }) =>
      `${subject.application}: version ${version}, the oldest, ${certain ? "is" : "may be"} pushed out by this; restore can then go back only to version ${next.version} (${shortTime(next.createdTime)})`,
  },
  "undo-until": {
    summary: ({ subject, details }) =>
      `${subject.application}: this can be undone until ${shortTime(details.time)}, when Vault deletes the version that it replaces`,
  },
};

function versionText(state: { readonly version: number; readonly kind: string } | undefined): string {
  if (state === undefined) return "not there";
  return `version ${state.version}${state.kind === "present" ? "" : ` (${state.kind})`}`;
}

function itemText(version: number | undefined): string {
  return version === undefined ? "not there" : `version ${version}`;
}

function makeOne({ details: { make } }: { readonly details: { readonly make: string } }): string {
  return `Make one: ${make}`;
}

function makeNew({ details: { make } }: { readonly details: { readonly make: string } }): string {
  return `Make a new one: ${make}`;
}

function shortTime(time: string): string {
  return `${time.slice(0, 19)}Z`;
}

const SHOWN = 4;

function readersText(readers: readonly ObjectName[]): string {
  const named = readers.slice(0, SHOWN).map((object) => `${objectText(object)} in ${printable(object.namespace)}`);
  return [...named, ...(readers.length > SHOWN ? [`${readers.length - SHOWN} more`] : [])].join(", ");
}
