import type { LINT, Sharing } from "../../model/diagnostics/lint.js";
import { RULE_IDS } from "../../model/lint.js";
import { NAME_HINT, quotedName } from "../names.js";
import { didYouMean } from "../../model/nearest.js";
import { refId } from "../../model/secret.js";
import { reasonText, reasonHint } from "../reason.js";
import type { Words } from "./words.js";
import { kindText } from "./yaml.js";

const IGNORE_HINT = "Write # phalanx-lint: ignore RULE reason.";

export const LINT_WORDS: Words<typeof LINT> = {
  "application-enabled-nowhere": {
    summary: ({ subject, details: { secrets } }) =>
      `no environment enables ${subject.application}, so nothing requires its ${secrets === 1 ? "secret" : `${secrets} secrets`}`,
    hint: "Enable it, or remove it.",
  },
  "application-name-unusable": {
    summary: ({ subject }) =>
      `${quotedName(subject.application)} is not a valid application name, so this directory is ignored`,
    hint: `Rename or remove it. ${NAME_HINT}`,
  },
  "approle-name-shared": {
    summary: ({ details }) => `${together(details)} share one AppRole in Vault, ${details.name}`,
    hint: "An AppRole is named after the last component of vaultPathPrefix, whatever comes before it. Choose a different last component for each new environment on a server. For an environment that is in use, a new prefix starts empty: in a branch that has the new prefix, phalanx vault copy-secrets ENV OLDPREFIX brings the values along.",
  },
  "bcrypt-source-not-generated": {
    summary: ({ subject, details: { source, kind, generator } }) =>
      `${refId(subject)} is a hash of ${source}, which is not a generated password: it is ${generator ? `generated as ${generator}` : `of the kind ${kind}`}`,
    hint: "Generate the password, or make sure that it is long, random and of at most 72 bytes.",
  },
  "chart-key-undeclared": {
    summary: ({ subject }) =>
      `the chart uses the key ${subject.key} of its secret, which no secrets.yaml of ${subject.application} declares`,
    hint: ({ subject, details: { meant } }) =>
      asked(meant) ?? `Declare it in applications/${subject.application}/secrets.yaml, or remove it here.`,
  },
  "chart-key-unused": {
    summary: ({ subject }) => `${refId(subject)}: nothing in the chart names this key`,
    hint: "Remove the secret, or say in an ignore comment what uses it.",
  },
  "chart-path-undeclared": {
    summary: ({ details: { name } }) =>
      `the chart reads PREFIX/${name} from Vault, which no enabled application declares`,
    hint: ({ details: { name, enabled, meant } }) =>
      meant !== undefined
        ? `Did you mean "${meant}"? Nothing writes ${name}, and a sync with --delete removes what is there.`
        : enabled
          ? `Declare its secrets in applications/${name}/secrets.yaml, or remove this object.`
          : `Enable ${name}, or remove this object.`,
  },
  "condition-always-false": {
    summary: ({ subject, details: { condition } }) =>
      `${refId(subject)}: the condition ${condition} is false wherever ${subject.application} is enabled`,
    hint: "Remove the secret, or correct the condition.",
  },
  "condition-constant": {
    summary: ({ subject, details: { condition, holds, environments } }) =>
      `${refId(subject)}: the condition ${condition} is ${holds} in ${environments === 2 ? "both" : `all ${environments}`} environments`,
    hint: ({ details: { holds } }) =>
      holds
        ? "Leave it out, unless there will be an environment in which it is false."
        : "Remove the rule, unless there will be an environment in which its condition is true.",
  },
  "condition-text-boolean": {
    summary: ({ subject, details: { condition } }) =>
      `${refId(subject)}: the condition ${condition} is a string that looks false, but every non-empty string counts as true`,
    hint: "Remove the quotes.",
  },
  "condition-through-value": {
    summary: ({ subject, details: { condition, obstacle, kind } }) =>
      `${refId(subject)}: the condition ${condition} leads through ${obstacle}, which is ${kindText(kind)}`,
    hint: "Correct the path, or make that value a mapping.",
  },
  "condition-unknown": {
    summary: ({ subject, details: { condition } }) =>
      `${refId(subject)}: the condition ${condition} is in no values file of ${subject.application}`,
    hint: ({ details: { meant } }) =>
      asked(meant) ?? "Correct the path, add it to values.yaml with its default, or remove the secret or rule.",
  },
  "copy-of-copy": {
    summary: ({ subject, details: { source, origin } }) =>
      `${refId(subject)} is a copy of ${refId(source)}, which is itself a copy of ${refId(origin)}`,
    hint: ({ details: { origin } }) =>
      `Copy from ${refId(origin)} directly, unless this application must not depend on it.`,
  },
  "credential-in-value": {
    summary: ({ subject }) => `${refId(subject)}: the fixed value looks like a real credential`,
    hint: "Change the credential where it is used, and make the secret static or generated.",
  },
  "enabled-without-chart": {
    summary: ({ subject }) => `does not exist, but ${subject.application} is enabled`,
    hint: "Correct the name in environments/values-ENV.yaml or add the chart.",
  },
  "environment-name-differs": {
    summary: ({ subject, details: { name } }) =>
      `the name is ${quotedName(name)}, and the file is that of ${subject.environment}`,
    hint: ({ subject }) => `Write name: ${subject.environment}, or rename the file.`,
  },
  "field-in-description": {
    summary: ({ subject, details: { field, line } }) =>
      `${refId(subject)}: "${field}:" on line ${line} is part of the description`,
    hint: "Indent it less, to the level at which it belongs.",
  },
  "file-or-link-target-missing": { summary: "does not exist, or is a broken link" },
  "file-of-unknown-environment": {
    summary: ({ subject }) => `there is no environment ${subject.environment}, so nothing reads this file`,
    hint: ({ details: { meant } }) => [asked(meant), "Rename or remove it."].filter(Boolean).join(" "),
  },
  "generator-not-in-original": {
    summary: ({ subject, details: { generator } }) =>
      `${refId(subject)}: the original program does not know the generator ${generator}`,
    hint: "Use it only if the original is no longer used on this configuration.",
  },
  "ignore-not-understood": { summary: "the comment is not understood", hint: IGNORE_HINT },
  "ignore-of-nothing": {
    summary: ({ details: { rule, line } }) => `${rule} reports nothing on line ${line}, so there is nothing to ignore`,
    hint: "Remove the comment.",
  },
  "ignore-of-stopping-error": {
    summary: ({ details: { rule } }) => `a comment cannot ignore ${rule}`,
    hint: "Correct what it reports, and remove the comment.",
  },
  "ignore-of-unknown-rule": {
    summary: ({ details: { rule } }) => `there is no rule ${rule}`,
    hint: ({ details: { rule } }) => didYouMean(rule, RULE_IDS) ?? "See phalanx lint --explain.",
  },
  "ignore-without-reason": {
    summary: ({ details: { rule } }) => `the reason for ignoring ${rule} is missing, so it is not ignored`,
    hint: IGNORE_HINT,
  },
  "override-empty": { summary: "the file is empty, so it overrides nothing", hint: "Remove it." },
  "override-not-enabled": {
    summary: ({ subject }) =>
      `${subject.environment} does not enable ${subject.application}, so this file overrides nothing`,
    hint: "Remove it.",
  },
  "override-same": {
    summary: ({ subject }) => `${refId(subject)} is the same in secrets.yaml`,
    hint: "Remove it here.",
  },
  "pem-flattened": {
    summary: ({ subject, details: { field } }) => `${refId(subject)}: the PEM in "${field}" has lost its line breaks`,
    hint: ({ details: { field } }) => `Write "${field}: |" and each of its lines on a line of its own.`,
  },
  "prefix-below-another": {
    summary: ({ subject, details }) => `the prefix of ${subject.environment} is below that of ${together(details)}`,
    hint: "A token for the inner prefix can overwrite the outer environment's Vault secret at that path. Put the prefixes side by side.",
  },
  "prefix-of-api": {
    summary: ({ subject, details: { given } }) =>
      `the prefix of ${subject.environment}, ${given}, is a path of Vault's API`,
    hint: ({ details: { meant } }) =>
      `Write vaultPathPrefix: ${meant}. Leave out v1/, data/ and metadata/: they are added automatically.`,
  },
  "prefix-shared": {
    summary: ({ details }) => `${together(details)} keep their secrets under the same prefix of the same server`,
    hint: "Sync keeps them from deleting each other's secrets, but most likely one prefix was copied from the other by mistake. Find out which one is wrong, and change only that: a new prefix starts empty. In a branch that has the new prefix, phalanx vault copy-secrets ENV OLDPREFIX brings the values along.",
  },
  "secret-not-read": {
    summary: ({ details: { secret, namespace } }) =>
      `nothing in the charts reads the Secret ${secret} in namespace ${namespace}, which is copied from Vault`,
  },
  "secret-unresolvable": {
    summary: ({ subject, details }) => `${refId(subject)} ${reasonText(details)}`,
    hint: ({ subject, details }) => reasonHint(details, subject),
  },
  "text-white-space": {
    summary: ({ subject, details: { field, what } }) =>
      `${refId(subject)}: "${field}" has ${what === "space" ? "white space" : "a line break"} before or after its only line`,
    hint: ({ details: { field, what } }) =>
      what === "space" ? "Remove it." : `Write "${field}: |-", or the text on one line.`,
  },
  "url-part-unencoded": {
    summary: ({ subject, details: { source } }) =>
      `${refId(subject)}: ${refId(source)} may contain characters that have a meaning in a URL`,
    hint: ({ subject, details: { source } }) =>
      `Write $\{${source.application === subject.application ? source.key : refId(source)}|urlencode}.`,
  },
};

function asked(meant: string | undefined): string | undefined {
  return meant === undefined ? undefined : `Did you mean "${meant}"?`;
}

function together({ environments, more }: Sharing): string {
  return more > 0 ? `${environments.join(", ")} and ${more} more` : environments.join(" and ");
}
