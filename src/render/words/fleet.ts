import type { FLEET } from "../../model/diagnostics/fleet.js";
import { missingName } from "../../model/onepassword.js";
import { unreadableFile } from "../file-reason.js";
import type { Words } from "./words.js";

/** How many missing shards an error names. */
const MOST_NAMED = 10;

const SHARD_FILES = "Give the files that fleet audit --shard I/N -o FILE wrote.";
const ONE_AUDIT = "Merge the shards of one audit.";
const STATUS = "Give what phalanx rollout status ENV --json printed; environments stand before --rollout.";
const OWN_VARIABLES =
  "Name the variable or file of each (tokenVariable, tokenFile) in a file of yours: phalanx fleet audit --fleet-config FILE";

export const FLEET_WORDS: Words<typeof FLEET> = {
  "connect-token-file-unreadable": {
    summary: ({ details: { file, reason } }) => unreadableFile(file, reason),
    hint: "Check connectTokenFile.",
  },
  "fingerprint-key-short": {
    summary: ({ details: { variable, least } }) => `${variable} is too short: at least ${least} characters`,
    hint: "Make a random one, e.g. with openssl rand -hex 32, and give it to every shard.",
  },
  "fleet-config-unreadable": {
    summary: ({ details: { file, reason } }) => unreadableFile(file, reason),
    hint: "Correct --fleet-config.",
  },
  "fleet-credentials-missing": {
    summary: "No Vault credentials",
    hint: ({ details: { variable } }) => `Set ${variable}, or say where they are in a file: --fleet-config FILE`,
  },
  "fleet-secrets-not-regular": {
    summary: "is not a regular file",
    hint: ({ details: { config } }) => `Correct ${config}.`,
  },
  "json-file-is-environment": {
    summary: ({ subject: { environment } }) =>
      `--json ${environment}: ${environment} is an environment, and would be the name of the file`,
    hint: "Put --json last, or give it a file.",
  },
  "onepassword-not-asked": {
    summary: ({ details: { variable } }) => `1Password was not asked: ${variable} is not set`,
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
    hint: "Run phalanx rollout status again, of the same version as this one.",
  },
  "rollout-answer-empty": {
    summary: "has no result: rollout status could not look",
    hint: "Its diagnostics say why. Keep the last file that has one, or leave it out.",
  },
  "rollout-answer-of-other-environment": {
    summary: ({ subject: { environment } }) => `is about ${environment}, which is not an environment of this fleet`,
    hint: ({ details: { known } }) => `Known environments: ${known.join(", ")}.`,
  },
  "rollout-answer-other": {
    summary: ({ details: { command } }) =>
      command === undefined
        ? "is not an answer of rollout status"
        : `is an answer of ${command}, and not of rollout status`,
    hint: STATUS,
  },
  "rollout-answer-outdated": {
    summary: ({ details: { file }, subject: { environment } }) =>
      `is left out: ${file} is a newer look at ${environment}`,
  },
  "rollout-answer-scoped": {
    summary: "is about a part of the environment only",
    hint: "Run phalanx rollout status without names and without --run.",
  },
  "rollout-answer-unreadable": {
    summary: ({ details: { file, reason } }) => unreadableFile(file, reason),
    hint: STATUS,
  },
  "shard-damaged": {
    summary: ({ details: { field } }) => `is damaged${field === undefined ? "" : ` (at ${field})`}`,
    hint: "phalanx fleet schema says what it has to be. Run that part of the audit again.",
  },
  "shard-differs": {
    summary: ({ details }) =>
      `${details.in === "commit" ? "is of another commit of the configuration" : "was made with another --max-age"} than ${details.from}`,
    hint: ONE_AUDIT,
  },
  "shard-format-unknown": {
    summary: ({ details: { known } }) => `has another format than this program's (${known})`,
    hint: "Use one version of phalanx for all parts.",
  },
  "shard-invalid": {
    summary: ({ details: { given } }) => `--shard ${given} is not a shard`,
    hint: "For example: 1/4, up to 4/4.",
  },
  "shard-not-report": { summary: "is not a report of a fleet audit", hint: SHARD_FILES },
  "shard-of-other-count": {
    summary: ({ details: { of, other, otherOf } }) => `is a shard of ${of}, and ${other} of ${otherOf}`,
    hint: ONE_AUDIT,
  },
  "shard-of-other-version": {
    summary: ({ details: { version, own } }) => `was made by phalanx ${version}, and this is ${own}`,
    hint: "Use one version for all parts.",
  },
  "shard-repeated": {
    summary: ({ details: { files, index, of } }) => `${files.join(" and ")} are the same shard (${index} of ${of})`,
    hint: "Give each shard once.",
  },
  "shard-unreadable": { summary: ({ details: { file, reason } }) => unreadableFile(file, reason), hint: SHARD_FILES },
  "shard-whole": { summary: "is not a shard: it is a report in one piece, or merged already", hint: SHARD_FILES },
  "shards-missing": {
    summary: ({ details: { missing, of } }) => {
      const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : "";
      return `Not all shards are there: ${missing.slice(0, MOST_NAMED).join(", ")}${more} of ${of} missing`;
    },
    hint: "Wait for all parts of the audit, and merge all of their files.",
  },
  "shards-none": { summary: "There is nothing to merge", hint: "Give the files of all shards." },
  "shards-of-other-environments": {
    summary: "The shards were made for different lists of environments",
    hint: "Give every part of an audit the same environments and the same configuration.",
  },
  "token-variable-of-file": {
    summary: ({ details: { variable }, subject }) =>
      `${variable} would be the token of ${subject.environment}, and it names a file`,
    hint: OWN_VARIABLES,
  },
  "token-variable-shared": {
    summary: ({ details: { variable, other }, subject }) =>
      `${variable} would be the token for both ${subject.environment} and ${other}`,
    hint: OWN_VARIABLES,
  },
};
