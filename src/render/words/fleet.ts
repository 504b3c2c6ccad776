import type { FLEET } from "../../model/diagnostics/fleet.js";
import { missingName } from "../../model/onepassword.js";
import { unreadableFile } from "../file-reason.js";
import type { Words } from "./words.js";

/** How many missing shards an error names. */
const MOST_NAMED = 10;

const SHARD_FILES = "Give the files that fleet audit --shard I/N -o FILE wrote.";
const ONE_AUDIT = "Merge the shards of one audit.";
const STATUS = "Give the output of phalanx rollout status ENV --json. Environments go before --rollout.";
const OWN_VARIABLES = "Name the variables or files of each in your own file: phalanx fleet audit --fleet-config FILE";

export const FLEET_WORDS: Words<typeof FLEET> = {
  "connect-token-file-unreadable": {
    summary: ({ details: { file, reason } }) => unreadableFile(file, reason),
    hint: "Check connectTokenFile.",
  },
  "fingerprint-key-short": {
    summary: ({ details: { variable, least } }) => `${variable} is too short: at least ${least} characters`,
    hint: "Generate one, e.g. with openssl rand -hex 32, and give it to every shard.",
  },
  "fleet-config-unreadable": {
    summary: ({ details: { file, reason } }) => unreadableFile(file, reason),
    hint: "Correct --fleet-config.",
  },
  "fleet-credentials-missing": {
    summary: "No Vault credentials",
    hint: ({ details: { variables } }) =>
      `Set ${variables.join(" and ")}, or name a file that says where the credentials are: --fleet-config FILE`,
  },
  "fleet-secrets-not-regular": {
    summary: "is not a regular file",
    hint: ({ details: { config } }) => `Correct ${config}.`,
  },
  "json-file-is-environment": {
    summary: ({ subject: { environment } }) =>
      `--json ${environment}: ${environment} is an environment, but would be taken as the name of the file`,
    hint: "Put --json last, or give it a file.",
  },
  "onepassword-not-asked": {
    summary: ({ details: { variable } }) => `1Password was not queried: ${variable} is not set`,
  },
  "onepassword-not-compared": {
    summary: ({ details: { missing } }) =>
      `1Password lacks ${missing.map(missingName).join(", ")}; its other values were not compared`,
  },
  "parallel-invalid": {
    summary: ({ details: { given } }) => `--parallel ${given} is not a number of environments`,
    hint: "For example: 4.",
  },
  "rollout-answer-damaged": {
    summary: ({ details: { field } }) => `is damaged${field === undefined ? "" : ` (at ${field})`}`,
    hint: "Run phalanx rollout status again, with this version of phalanx.",
  },
  "rollout-answer-empty": {
    summary: "has no result: rollout status failed",
    hint: "Its diagnostics say why. Use the last file that has a result, or leave this one out.",
  },
  "rollout-answer-of-other-environment": {
    summary: ({ subject: { environment } }) => `is about ${environment}, which is not an environment of this fleet`,
    hint: ({ details: { known } }) => `Known environments: ${known.join(", ")}.`,
  },
  "rollout-answer-other": {
    summary: ({ details: { command } }) =>
      command === undefined
        ? "is not the output of rollout status"
        : `is the output of ${command}, not of rollout status`,
    hint: STATUS,
  },
  "rollout-answer-outdated": {
    summary: ({ details: { file }, subject: { environment } }) =>
      `is ignored: ${file} has a newer result for ${environment}`,
  },
  "rollout-answer-scoped": {
    summary: "covers only part of the environment",
    hint: "Run phalanx rollout status without names and without --run.",
  },
  "rollout-answer-unreadable": {
    summary: ({ details: { file, reason } }) => unreadableFile(file, reason),
    hint: STATUS,
  },
  "shard-damaged": {
    summary: ({ details: { field } }) => `is damaged${field === undefined ? "" : ` (at ${field})`}`,
    hint: "phalanx fleet schema prints the format. Run that shard again.",
  },
  "shard-differs": {
    summary: ({ details }) =>
      `${details.in === "commit" ? "was made from a different commit of the configuration" : "was made with a different --max-age"} than ${details.from}`,
    hint: ONE_AUDIT,
  },
  "shard-format-unknown": {
    summary: ({ details: { known } }) => `has a different format than this program reads (${known})`,
    hint: "Use one version of phalanx for all shards.",
  },
  "shard-invalid": {
    summary: ({ details: { given } }) => `--shard ${given} is not a shard`,
    hint: "For example: 1/4, up to 4/4.",
  },
  "shard-not-report": { summary: "is not a report of a fleet audit", hint: SHARD_FILES },
  "shard-of-other-count": {
    summary: ({ details: { of, other, otherOf } }) => `is one of ${of} shards, but ${other} is one of ${otherOf}`,
    hint: ONE_AUDIT,
  },
  "shard-of-other-version": {
    summary: ({ details: { version, own } }) => `was made by phalanx ${version}, but this is ${own}`,
    hint: "Use one version for all shards.",
  },
  "shard-repeated": {
    summary: ({ details: { files, index, of } }) => `${files.join(" and ")} are the same shard (${index} of ${of})`,
    hint: "Give each shard once.",
  },
  "shard-unreadable": { summary: ({ details: { file, reason } }) => unreadableFile(file, reason), hint: SHARD_FILES },
  "shard-whole": { summary: "is not a shard: it is a complete report, or already merged", hint: SHARD_FILES },
  "shards-missing": {
    summary: ({ details: { missing, of } }) => {
      const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : "";
      return `Missing shards: ${missing.slice(0, MOST_NAMED).join(", ")}${more} (of ${of})`;
    },
    hint: "Wait for all shards of the audit, and merge all of their files.",
  },
  "shards-none": { summary: "There is nothing to merge", hint: "Give the files of all shards." },
  "shards-of-other-environments": {
    summary: "The shards were made for different lists of environments",
    hint: "Give every shard of an audit the same environments and the same configuration.",
  },
  "token-variable-of-file": {
    summary: ({ details: { variable }, subject }) =>
      `${variable} would be the token of ${subject.environment}, but it names a file`,
    hint: OWN_VARIABLES,
  },
  "token-variable-shared": {
    summary: ({ details: { variable, other }, subject }) =>
      `${variable} would be the token for both ${subject.environment} and ${other}`,
    hint: OWN_VARIABLES,
  },
};
