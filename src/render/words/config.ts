import { FLEET_CONFIG } from "../../model/configuration-files.js";
import type { CONFIG, ImpossibleRule, ProblemsOf, Renaming } from "../../model/diagnostics/config.js";
import { isName } from "../../model/names.js";
import { didYouMean } from "../../model/nearest.js";
import { refId, TEMPLATE_FILTERS } from "../../model/secret.js";
import { commandLine } from "../../model/shell.js";
import { NAME_HINT, prefixFaultHint, prefixFaultText, quotedName } from "../names.js";
import { aboutSecret, type Words } from "./words.js";
import { kindText } from "./yaml.js";

const OWN_FILE = "Put it in your own file, outside the configuration: phalanx fleet audit --fleet-config FILE";

export const CONFIG_WORDS: Words<typeof CONFIG> = {
  "application-name-invalid": {
    summary: ({ subject }) => `${quotedName(subject.application)} is not a valid application name`,
    hint: NAME_HINT,
  },
  "application-not-boolean": {
    summary: ({ subject, details }) =>
      `application ${subject.application} is ${kindText(details.is)}; it must be true or false`,
  },
  "application-reserved": {
    summary: ({ subject }) => `"${subject.application}" is reserved for the registry credentials`,
  },
  "chart-missing": {
    summary: ({ subject }) =>
      `does not exist, but ${subject.environment} enables the application ${subject.application}`,
    hint: ({ subject }) => `Correct the name in environments/values-${subject.environment}.yaml or add the chart.`,
  },
  "condition-not-path": {
    summary: (it) => `${aboutSecret(it)}the condition is not a path`,
    hint: "Write a dotted path into the application's Helm values, as in config.slack.enabled.",
  },
  "configuration-not-found": {
    summary: "Cannot locate root of Phalanx configuration",
    hint: "Run inside a checkout that holds environments/ and applications/, or give it with --config DIR.",
  },
  "configuration-of-other-user": {
    summary: ({ details }) => `${details.path} belongs to another user`,
    hint: ({ details }) => nameIt(details.root),
  },
  "configuration-root-invalid": {
    summary: ({ details: { given, missing } }) =>
      `${given} is not the root of a Phalanx configuration: it has no ${missing.join("/ and no ")}/`,
    hint: "Point --config at the directory that holds environments/ and applications/.",
  },
  "configuration-writable-by-all": {
    summary: ({ details }) => `Every user of this machine can write to ${details.path}`,
    hint: ({ details }) => nameIt(details.root),
  },
  "description-missing": {
    summary: (it) => `${aboutSecret(it)}description must be set`,
    hint: "Say what the secret is for and whether it can be changed at any time.",
  },
  "environment-name-invalid": {
    summary: ({ subject }) => `${quotedName(subject.environment)} is not a valid environment name`,
    hint: `Rename the file. ${NAME_HINT}`,
  },
  "environment-unknown": {
    summary: ({ subject }) => `No configuration found for environment ${subject.environment}`,
    hint: ({ subject, details: { known, misnamed } }) => {
      if (misnamed) return renameText(misnamed);
      const usable = known.filter(isName);
      const list = usable.length > 0 ? `Known environments: ${usable.join(", ")}.` : "There are none.";
      const meant = didYouMean(subject.environment, usable);
      return meant ? `${meant} ${list}` : list;
    },
  },
  "file-binary": { summary: "is a binary file", hint: "Put a text file there." },
  "file-empty": { summary: "is empty", hint: "Put settings there; in values.yaml, {} stands for none." },
  "file-is-directory": { summary: "is a directory", hint: "Put a file there." },
  "file-misnamed": {
    summary: ({ subject }) =>
      `a file with this name is ignored${subject?.application === undefined ? "" : `, so ${subject.application} may lack secrets or values`}`,
    hint: ({ subject, details }) =>
      `${subject?.application === undefined ? "" : `Until it is renamed, --delete leaves ${subject.application} alone. `}${renameText(details)}`,
  },
  "file-missing": { summary: "does not exist" },
  "file-not-regular": { summary: "is not a regular file", hint: "Put a file there." },
  "file-not-utf8": {
    summary: ({ details: { encoding } }) => (encoding === undefined ? "is not UTF-8" : `is ${encoding}, not UTF-8`),
    hint: ({ details: { encoding }, place }) =>
      encoding === undefined || place === undefined
        ? "Save it in UTF-8. Encode binary data, for example with base64."
        : `Save it in UTF-8: ${commandLine("iconv", "-f", encoding, "-t", "UTF-8", place.file)} > NEW`,
  },
  "file-too-large": {
    summary: "is larger than 5 MB",
    hint: "No configuration file should be that large; split or remove it.",
  },
  "file-unreadable": { summary: ({ details: { reason } }) => `cannot be read (${reason})` },
  "fleet-environment-unknown": {
    summary: ({ subject }) => `there is no environment "${subject.environment}"`,
    hint: ({ subject, details: { known } }) =>
      didYouMean(subject.environment, known) ?? `Known environments: ${known.join(", ")}.`,
  },
  "fleet-field-not-in-tree": {
    summary: ({ details }) => `"${details.field}" is not allowed in a file inside the configuration`,
    hint: OWN_FILE,
  },
  "fleet-login-not-in-tree": {
    summary: ({ details }) =>
      `"auth" cannot be ${details.auth} in a file inside the configuration: its token belongs to the machine`,
    hint: OWN_FILE,
  },
  "declared-mount-without-login": {
    summary: '"mount" requires "auth: approle"',
    hint: "Add auth: approle, or remove mount.",
  },
  "declared-secrets-outside": {
    summary: '"secrets" can only be a file inside the configuration, without .. or names that begin with a dot',
    hint: ({ details: { config } }) => (config === FLEET_CONFIG ? OWN_FILE : "Name it with --secrets instead."),
  },
  "declared-secrets-missing": {
    summary: ({ details: { path } }) => `${path} does not exist, although an encrypted file should be committed to Git`,
    hint: ({ details: { meant } }) =>
      meant === undefined ? "Correct the name, or commit the file." : `Did you mean "${meant}"?`,
  },
  "declared-secrets-unusable": {
    summary: ({ details }, { lineOf }) => `"secrets" cannot be used: ${lineOf(details.cause)}`,
    hint: ({ details: { config } }) => (config === FLEET_CONFIG ? OWN_FILE : "Name it with --secrets instead."),
  },
  "fleet-variable-not-own": {
    summary: ({ details: { field, own } }) => `"${field}" can only be ${own} in a file inside the configuration`,
    hint: OWN_FILE,
  },
  "fleet-variable-shared": {
    summary: ({ details }) => `${details.variable} cannot be used here: it would be sent to several servers`,
    hint: "Name a variable that holds the token of this environment alone.",
  },
  "link-leads-out": { summary: "is a link to a path outside the configuration", hint: "Put the file itself there." },
  "link-loop": { summary: "is a link to itself", hint: "Remove it." },
  "prefix-invalid": {
    summary: ({ details }) => `"${details.field}" ${prefixFaultText(details)}`,
    hint: ({ details }) => prefixFaultHint(details),
  },
  "problems-found": { summary: ({ details }) => `${details.count} problems in ${ownerText(details)}` },
  "random-rule-impossible": {
    summary: (it) => `${aboutSecret(it)}no value can satisfy the rule: ${impossibleText(it.details)}`,
  },
  "rules-conflict": {
    summary: ({ subject }) => `Invalid configuration for secret ${refId(subject)}: Copy and generate rules conflict`,
    hint: "Both apply in this environment; make their conditions exclude each other.",
  },
  "rules-unconditional": {
    summary: (it) => `${aboutSecret(it)}copy and generate may not both be set unconditionally for the same secret`,
  },
  "secret-without-name": { summary: ({ subject }) => `${subject.application}/: a secret needs a name` },
  "setting-mistyped": {
    summary: ({ details }) => `"${details.field}" is not a setting of phalanx`,
    hint: ({ details: { field, meant } }) => `Did you mean "${meant}"? If Helm needs ${field}, set both.`,
  },
  "setting-missing": {
    summary: ({ details: { field } }) => `"${field === "vaultTitle" ? "onepassword.vaultTitle" : field}" is not set`,
    hint: ({ details: { field } }) =>
      `Set it${field === "vaultTitle" ? ", below onepassword:," : ""} in environments/values-ENV.yaml of the environment, not in values.yaml, which all of them share.`,
  },
  "template-dollar": {
    summary: (it) => `${aboutSecret(it)}a single $ that starts neither a reference nor $$`,
    hint: "Write ${APP/KEY} for the value of a secret, and $$ for a dollar sign.",
  },
  "template-filter-unknown": {
    summary: (it) => `${aboutSecret(it)}unknown template filter "${it.details.filter}"`,
    hint: ({ details: { filter } }) =>
      didYouMean(filter, TEMPLATE_FILTERS) ?? `Use ${TEMPLATE_FILTERS.join(" or ")}, or none.`,
  },
  "template-without-secret": {
    summary: (it) => `${aboutSecret(it)}the template uses no secret`,
    hint: "Use a fixed value instead.",
  },
  "url-ends-in-v1": {
    summary: ({ details }) => `"${details.field}" ends in /v1, which phalanx adds itself`,
    hint: "Leave out /v1.",
  },
  "url-invalid": {
    summary: ({ details }) => `"${details.field}" is not a URL`,
    hint: "For example: https://vault.example.org.",
  },
  "url-misleading": {
    summary: ({ details: { field, host } }) => `"${field}" is misleading: its host is ${host}`,
    hint: "Write the intended address in ASCII, as in https://vault.example.org.",
  },
  "url-with-credentials": {
    summary: ({ details }) => `"${details.field}" holds credentials`,
    hint: "Remove them. Credentials belong in environment variables or files.",
  },
  "url-with-query": {
    summary: ({ details }) => `"${details.field}" has a query or fragment`,
    hint: "Remove everything from the ? or # on.",
  },
  "value-beside-rule": {
    summary: (it) => `${aboutSecret(it)}value may not be set if copy or generate is set`,
  },
};

function renameText({ path, meant }: Renaming): string {
  return `Rename it: ${commandLine("mv", path, meant)}`;
}

function nameIt(root: string): string {
  return `If you trust that configuration, name it: ${commandLine("--config", root)}`;
}

function impossibleText(rule: ImpossibleRule): string {
  switch (rule.reason) {
    case "charset-repeats":
      return "a character appears twice in charset";
    case "charset-has-control-character":
      return "charset holds a control character";
    case "minimums-exceed-length":
      return `the minimums add up to ${rule.total}, which is more than the length`;
    case "class-not-in-charset":
      return `charset has no character of the class "${rule.class}"`;
  }
}

function ownerText({ of, name = "" }: ProblemsOf): string {
  switch (of) {
    case "configuration":
      return name === "" ? "the configuration" : `the configuration of ${name}`;
    case "settings":
      return `the settings of ${name}`;
    case "environments":
      return "environments/";
    case "onepassword-vault":
      return `the 1Password vault "${name}"`;
    case "application":
    case "file":
      return name;
  }
}
