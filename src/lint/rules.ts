import type { Rule } from "../model/lint.js";

type Texts = readonly [summary: string, explanation: string];

/** What a sync stops on, or what makes it dangerous. */
const ERRORS = {
  "conflicting-rules": [
    "Both copy and generate apply to one secret.",
    "Both conditions are true in the environment, so nobody can say where the value comes from, and sync stops. Make the two conditions exclude each other.",
  ],
  "dependency-cycle": [
    "A secret comes from itself by way of others.",
    "Copies, hashes and templates that lead round in a circle have no value to begin with, and sync stops. Give one member of the cycle a source of its own.",
  ],
  "duplicate-key": [
    "A mapping key appears twice.",
    "YAML takes the last one in silence, so the first is dead text that looks alive. Sync refuses the file. Keep one of them.",
  ],
  "fleet-config": [
    "phalanx.fleet.yaml says what it must not, or wrongly.",
    "It is a file of the configuration, so whoever may change that could have any file or variable of the machine that runs a fleet audit sent to a server of theirs. It names the variables of its own environments and files inside the configuration; everything else stands in a file that the operator names with --fleet-config. The fleet audit stops.",
  ],
  "missing-chart": [
    "An environment enables an application without a chart.",
    "applications/APP/Chart.yaml does not exist: a typo in the environment's values, or a chart that was removed. Sync stops.",
  ],
  "secret-definition": [
    "An entry of secrets.yaml is not as it must be.",
    "Unknown and missing fields, wrong types, conditions that are no paths, rules that exclude each other. Sync stops. `phalanx secrets schema` prints the schema, and editors can use it.",
  ],
  settings: [
    "The settings of an environment are not as they must be.",
    "vaultUrl, vaultPathPrefix, onepassword and applications in environments/values.yaml and environments/values-ENV.yaml. Sync stops.",
  ],
  "shared-prefix": [
    "Two environments keep their secrets in one place.",
    "The same server and the same vaultPathPrefix, or one below the other: each environment overwrites what the other needs under the same name, and a token for one reaches what is below it. Sync keeps them from deleting each other's secrets, but two environments hardly ever share on purpose: one of the prefixes is rather a copy of the other that was never changed.",
  ],
  "source-not-enabled": [
    "A secret comes from an application that is not enabled.",
    "A copy (or template) in an enabled application names an application that the environment does not enable, so there is no value, and sync stops. Enable it, or make the secret or its copy rule conditional.",
  ],
  "source-not-required": [
    "A secret comes from one whose own condition is false.",
    "The source is declared, but the environment does not require it, so it has no value, and sync stops. Let both depend on the same condition.",
  ],
  "source-too-long": [
    "A password of more than 72 bytes is to be hashed with bcrypt.",
    "bcrypt takes no more than 72 bytes, and a hash of less than the password would be a lie. Sync stops. Choose a shorter fixed value.",
  ],
  "source-undeclared": [
    "A secret comes from one that no file declares.",
    "The name of the application's secret is misspelt, or the secret was removed. Sync stops.",
  ],
  "template-too-long": [
    "What templates make is longer than Kubernetes takes.",
    "A Secret of Kubernetes holds at most 1 MiB, and templates that are made from each other grow fast. Sync stops. Shorten the template, or what it is made from.",
  ],
  "unreadable-file": [
    "A file cannot be read, or should not be.",
    "No UTF-8, no permission, a link that leads out of the configuration, binary data, or more than 5 MB.",
  ],
  yaml: [
    "A file is no YAML, or no mapping.",
    "It is read as the original reads it: YAML 1.1. Sync stops. Aliases and nesting are bounded, so that a small file cannot become a huge one.",
  ],
} satisfies Readonly<Record<string, Texts>>;

/** What works and should not stay. */
const WARNINGS = {
  "bcrypt-source": [
    "A bcrypt hash is made from something other than a generated password.",
    "A value that a person chooses may be guessed from its hash, may be longer than bcrypt's 72 bytes, and changes without anybody thinking of the hash. Generate the password.",
  ],
  "chart-undeclared": [
    "A chart uses a key that no secrets.yaml declares.",
    "A template of the chart names a key of the application's own Kubernetes secret, and no secrets.yaml or secrets-ENV.yaml declares it, so the pod will not start. Found by reading Helm templates as text, so it can be wrong; --no-templates switches it off.",
  ],
  "chart-unused": [
    "A secret is declared, and nothing of the chart names it.",
    "No template and no values file of the chart holds the key, nobody copies it, and the secret is nowhere used as a whole. Found by reading Helm templates as text, so it can be wrong; --no-templates switches it off.",
  ],
  "condition-through-value": [
    "A condition leads through something that is no mapping.",
    "In `a.b.c`, `a.b` must be a mapping. Here such a condition is false; the original program stops, or looks for a part of a text. Correct the path or the value.",
  ],
  "constant-condition": [
    "A condition is the same in every environment.",
    "In at least two environments the application is enabled, and in all of them the condition comes out the same. Either it is not needed, or a value is missing in one of them.",
  ],
  "copy-chain": [
    "A copy of a copy.",
    "It works, but whoever changes the first one has to know all the others. Copy from where the value comes from.",
  ],
  "credential-in-value": [
    "A fixed value looks like a real credential.",
    "What stands in Git is known to everyone who can read the repository, for ever. Change the credential where it is used, then make the secret static or generated. If it is none, say so in an ignore comment.",
  ],
  extension: [
    "A generator that the original program does not know.",
    "The original refuses a file with the generators `random` and `template`. That does not matter unless it is still used on this configuration.",
  ],
  "odd-key": [
    "The name of a secret is no string for YAML.",
    "`on`, `0123` or a date as a key is not what it looks like. Put it in quotes.",
  ],
  "old-spelling": [
    "A field has its old name.",
    "`condition` is now `if`, `copy_rules` is now `copy`. Both work; write the current one.",
  ],
  "required-nowhere": [
    "A secret that no environment requires.",
    "Its condition is false in every environment in which its application is enabled, or the application is enabled in none. A path that used to be true, an environment that is gone: remove the secret, or correct the condition.",
  ],
  "unknown-condition": [
    "A condition names a Helm value that is in no values file.",
    "Neither values.yaml nor any values-ENV.yaml of the application has that path, so the condition is always false. Usually a typo, or a value that was renamed. Values of other charts do not count.",
  ],
  "unknown-environment": [
    "A file for an environment that does not exist.",
    "There is no environments/values-ENV.yaml for it, so nothing reads the file. Rename or remove it.",
  ],
  "unusable-name": [
    "A directory of an application whose name cannot be one.",
    "A name consists of letters and digits of ASCII, with single dots, underscores and hyphens after the first. No environment can enable the application. Rename or remove it.",
  ],
  "useless-override": [
    "secrets-ENV.yaml changes nothing.",
    "It is empty, an entry says exactly what secrets.yaml says, or the environment does not enable the application. Remove it.",
  ],
  "bad-ignore": [
    "An ignore comment that does not work.",
    "Write `# phalanx-lint: ignore RULE reason` on the line of the finding or on a line of its own above it. The reason is not optional: whoever reads the line next wants to know.",
  ],
  "unused-ignore": [
    "An ignore comment that ignores nothing.",
    "The finding is gone, or elsewhere. Remove the comment, so that it does not hide the next finding.",
  ],
} satisfies Readonly<Record<string, Texts>>;

export type RuleId = keyof typeof ERRORS | keyof typeof WARNINGS;

/** Every rule, errors first. */
export const RULES: ReadonlyMap<string, Rule> = new Map([...toRules(ERRORS, "error"), ...toRules(WARNINGS, "warning")]);

function toRules(texts: Readonly<Record<string, Texts>>, severity: Rule["severity"]): [string, Rule][] {
  return Object.entries(texts)
    .map(([id, [summary, explanation]]): [string, Rule] => [id, { id, severity, summary, explanation }])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The rule of that name, which the compiler knows to exist. */
export function ruleOf(id: RuleId): Rule {
  return RULES.get(id) as Rule;
}
