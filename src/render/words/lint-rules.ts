import type { RuleId } from "../../model/lint.js";

/** What is said of a rule. */
interface RuleWords {
  /** What it looks for: one line. */
  readonly summary: string;
  /** Why it matters and what to do, in a few sentences. */
  readonly explanation: string;
  /** What to do about a finding that does not say it itself. */
  readonly hint?: string;
}

export const RULE_WORDS: Readonly<Record<RuleId, RuleWords>> = {
  "conflicting-rules": {
    summary: "Both copy and generate apply to one secret.",
    explanation:
      "Both rules apply in the environment, so it is unclear where the value comes from, and sync stops. Make their conditions exclude each other.",
  },
  "dependency-cycle": {
    summary: "A secret comes from itself, directly or through other secrets.",
    explanation:
      "Copies, hashes and templates that form a cycle never get a value, and sync stops. Give one member of the cycle a source of its own.",
  },
  "duplicate-key": {
    summary: "A mapping key appears twice.",
    explanation:
      "YAML silently takes the last one, so the first one has no effect. Sync refuses the file. Keep one of them.",
  },
  "environment-name": {
    summary: "The name of an environment does not match its file.",
    explanation:
      "phalanx names the environment after its file, environments/values-ENV.yaml, and reads values-ENV.yaml and secrets-ENV.yaml of every application; Argo CD and the charts use the value of `name`. If the two names differ, phalanx and Argo CD read different files. Most likely the file is a copy of another one, and its name was never changed.",
  },
  "fleet-config": {
    summary: "phalanx.fleet.yaml or phalanx.yaml contains something invalid or not allowed.",
    explanation:
      "If these files could name any file or variable of the machine, anyone who can change the configuration could have it sent to their own server. So they can name only the default variables of each environment, and files inside the configuration; everything else belongs in a file that you name with --fleet-config, or in options. The fleet audit, or the command, stops.",
  },
  "kubernetes-key": {
    summary: "The name of a secret cannot be a key of a Kubernetes Secret.",
    explanation:
      "Such a key has at most 253 ASCII letters, digits, hyphens, underscores and dots, and does not begin with two dots. A single invalid key makes Kubernetes refuse the whole Secret, so no secret of the application reaches the cluster, and neither does any later rotation. Sync continues, as the original does. Rename the secret, and its key in the chart.",
  },
  "misnamed-file": {
    summary: "A file is ignored, because its name is almost that of one that is read.",
    explanation:
      "secrets.yml, secret.yaml, Secrets.yaml, values-ENV.yml, or the name of an environment with a typo. Only secrets.yaml, secrets-ENV.yaml, values.yaml and values-ENV.yaml are read, where ENV is an environment with a file environments/values-ENV.yaml. Nothing reads the file: audit, plan and sync warn of it, and --delete leaves its application alone. Rename or remove the file.",
  },
  "missing-chart": {
    summary: "An environment enables an application without a chart.",
    explanation:
      "applications/APP/Chart.yaml does not exist: a typo in the environment's values, or a chart that was removed. Sync stops.",
  },
  "mistyped-setting": {
    summary: "A setting is ignored, because its name is almost that of one that is read.",
    explanation:
      "With onepasword instead of onepassword, for example, static secrets no longer come from 1Password, and no command stops. Other fields are Helm values and may be called anything. If Helm needs one of a similar name, set both, and it is no longer reported. Audit, plan and sync warn of it.",
  },
  "secret-definition": {
    summary: "An entry of secrets.yaml is invalid.",
    explanation:
      "Unknown and missing fields, wrong types, conditions that are not paths, rules that exclude each other. Sync stops. `phalanx secrets schema` prints the schema, and editors can use it.",
  },
  settings: {
    summary: "The settings of an environment are invalid.",
    explanation:
      "vaultUrl, vaultPathPrefix, onepassword and applications in environments/values.yaml and environments/values-ENV.yaml. Sync stops.",
  },
  "shared-prefix": {
    summary: "Two environments keep their secrets in the same place, or share an AppRole.",
    explanation:
      "With the same server and vaultPathPrefix, two environments use the same Vault secrets. A sync that would change a Vault secret that the other one wrote last stops; with --adopt, or with the original, one overwrites what the other needs. If one prefix is below the other, a token for the inner one can overwrite the outer environment's Vault secret at the inner prefix itself. Two environments hardly ever share on purpose: most likely one prefix was copied from the other and never changed. Two different prefixes with the same last component give their AppRoles the same name: creating credentials for the second environment stops, and with --adopt it revokes those of the first.",
  },
  "source-not-enabled": {
    summary: "A secret comes from an application that is not enabled.",
    explanation:
      "A copy (or template) in an enabled application names an application that the environment does not enable, so there is no value, and sync stops. Enable it, or make the secret or its copy rule conditional.",
  },
  "source-not-required": {
    summary: "A secret comes from one whose own condition is false.",
    explanation:
      "The source is declared, but the environment does not require it, so it has no value, and sync stops. Make both depend on the same condition. A hash or a time that Vault holds already is kept; only a missing one stops a sync.",
  },
  "source-too-long": {
    summary: "A password of more than 72 bytes is to be hashed with bcrypt.",
    explanation:
      "bcrypt takes no more than 72 bytes, and a hash of only part of the password would be misleading. Sync stops. Choose a shorter fixed value.",
  },
  "source-undeclared": {
    summary: "A secret comes from one that no file declares.",
    explanation:
      "The name of the application's secret is misspelt, or the secret was removed. Sync stops, except for a hash or a time that Vault holds already, which is kept.",
  },
  "template-too-long": {
    summary: "The values of templates are larger than Kubernetes allows.",
    explanation:
      "A Kubernetes Secret holds at most 1 MiB, and templates that are made from each other grow fast. Sync stops. Shorten the template, or what it is made from.",
  },
  "unreadable-file": {
    summary: "A file cannot be read, or should not be.",
    explanation:
      "It is not UTF-8, not readable, a link to a path outside the configuration, binary data, or larger than 5 MB.",
    hint: "Make it readable, or remove it.",
  },
  yaml: {
    summary: "A file is not YAML, or not a mapping.",
    explanation:
      "It is read as the original reads it: YAML 1.1. Sync stops. Aliases and nesting are bounded, so that a small file cannot become a huge one.",
  },
  "api-path-prefix": {
    summary: "A vaultPathPrefix is a path of Vault's API.",
    explanation:
      "secret/data/phalanx/ENV or v1/secret/phalanx/ENV, as in a URL or a policy. vaultPathPrefix is the path as vault kv get takes it: phalanx, the original and vault-secrets-operator add data/ and metadata/ themselves, so the secrets end up in secret/data/data/phalanx/ENV, where no policy for secret/data/phalanx/ENV reaches. If they are there already, copy them with vault copy-secrets after the correction.",
  },
  "bad-ignore": {
    summary: "An ignore comment that does not work.",
    explanation:
      "Write `# phalanx-lint: ignore RULE reason` on the line of the finding or on a line of its own above it. The reason is required: the next reader will want to know.",
  },
  "bcrypt-source": {
    summary: "A bcrypt hash is made from something other than a generated password.",
    explanation:
      "A value that a person chooses may be guessed from its hash, may be longer than bcrypt's 72 bytes, and can change without anyone thinking of the hash. Generate the password.",
  },
  "chart-path": {
    summary: "A chart reads from Vault what no enabled application declares.",
    explanation:
      "A VaultSecret, VaultStaticSecret or ExternalSecret of the chart names a path right below the prefix of the environment, and no application of that name is enabled and has secrets. Most likely an application was renamed, and its template was forgotten: its workloads keep the old values, get no new ones, and lose them when sync --delete removes the old name. Found by reading Helm templates as text, so it can be wrong; --no-templates switches it off.",
  },
  "chart-undeclared": {
    summary: "A chart uses a key that no secrets.yaml declares.",
    explanation:
      "A template of the chart names a key of the application's own Kubernetes Secret, and no secrets.yaml or secrets-ENV.yaml declares it, so the pod will not start. Found by reading Helm templates as text, so it can be wrong; --no-templates switches it off. With helm on PATH, phalanx secrets consumers ENV renders the charts, and lists every such key under `Read, but not required here`.",
  },
  "chart-unused": {
    summary: "A secret is declared, but nothing in the chart names it.",
    explanation:
      "No template and no values file of the chart holds the key, no other secret is made from it, and nothing uses the Kubernetes Secret as a whole. Found by reading Helm templates as text, so it can be wrong; --no-templates switches it off. With helm on PATH, phalanx secrets consumers ENV renders the charts, and says who uses each key.",
  },
  "condition-through-value": {
    summary: "A condition leads through something that is not a mapping.",
    explanation:
      "In `a.b.c`, `a.b` must be a mapping. Here such a condition is false; the original program stops, or searches inside a string. Correct the path or the value.",
  },
  "constant-condition": {
    summary: "A condition is the same in every environment.",
    explanation:
      "In at least two environments the application is enabled, and in all of them the condition has the same result. Either it is not needed, or a value is missing in one of them.",
  },
  "copy-chain": {
    summary: "A copy of a copy.",
    explanation: "It works, but it hides where the value comes from. Copy from the first secret.",
  },
  "credential-in-value": {
    summary: "A fixed value looks like a real credential.",
    explanation:
      "Everyone who can read the repository can read what is in Git, now and in its history. Change the credential where it is used, then make the secret static or generated. If it is not a credential, say so in an ignore comment.",
  },
  extension: {
    summary: "A generator that the original program does not know.",
    explanation:
      "The original refuses a file with the generators `random` and `template`. That does not matter unless it is still used on this configuration.",
  },
  "flattened-pem": {
    summary: "A PEM certificate or key is on one line.",
    explanation:
      "Most programs cannot read it without its line breaks. YAML joins the lines of plain and quoted text, and of text after `>`, and reads `\\n` as a line break only in double quotes. Write `value: |` and the lines below it, as they are in the file.",
  },
  "odd-key": {
    summary: "The name of a secret is not a string in YAML.",
    explanation: "`on`, `0123` or a date as a key is not what it looks like. Put it in quotes.",
    hint: "Put it in quotes.",
  },
  "old-spelling": {
    summary: "A field has its old name.",
    explanation: "`condition` is now `if`, `copy_rules` is now `copy`. Both work; write the current one.",
    hint: "`condition` is now `if`, `copy_rules` is now `copy`. Both work; write the current one.",
  },
  "outer-white-space": {
    summary: "A fixed value or a template of one line has white space around it.",
    explanation:
      "After `|` and `>` YAML keeps the last line break, which becomes part of the password, name or address, so that it no longer matches. Write `|-` or `>-`, or the text on one line. Texts of several lines are left alone: a key or a file often has to end with a line break.",
  },
  "required-nowhere": {
    summary: "A secret that no environment requires.",
    explanation:
      "Its condition is false in every environment in which its application is enabled, or the application is enabled in none. The value or the environment may have been removed. Remove the secret, or correct the condition.",
  },
  "secret-unread": {
    summary: "A Kubernetes Secret that nothing in the charts reads.",
    explanation:
      "It is copied from Vault into the cluster, and no workload and no other object that the charts describe uses it, judging by the text of their templates. Find out whether anything outside the charts reads it; if not, remove it. If part of a chart is elsewhere or cannot be understood, nothing is reported about its namespace.",
    hint: "Find out whether anything outside the charts reads it; if not, remove it.",
  },
  "swallowed-field": {
    summary: "A field is indented so that it belongs to the description.",
    explanation:
      "Below `description: >-` everything that is indented deeper is text, `copy:` and `application:` too. The secret then no longer has a rule, so it silently becomes static, or is required everywhere. Indent the field to the same level as `description`.",
  },
  "text-boolean": {
    summary: 'A condition is a string like "false", which counts as true.',
    explanation:
      "In quotes, `false`, `no`, `off`, `0` and `null` are strings, and every non-empty string counts as true: here, in the original and in Helm. Remove the quotes.",
  },
  "too-large": {
    summary: "The secrets of an application are larger than Kubernetes allows.",
    explanation:
      "The values of a Kubernetes Secret may total at most 1 MiB. Lint counts what the configuration holds; audit and plan count what Vault holds and will hold. Kubernetes refuses a larger Secret, so none of it reaches the cluster. Shorten or remove the longest value, or move some to another application.",
  },
  "unencoded-in-url": {
    summary: "A template puts a generated value into a URL as it is.",
    explanation:
      "The value may contain characters that have a meaning in a URL: `@`, `/`, `:`, `#`, `%`. The password then ends too early, and part of it is taken for a host. Write `${APP/KEY|urlencode}`, or choose a charset of letters and digits.",
  },
  "unknown-condition": {
    summary: "A condition names a Helm value that is in no values file.",
    explanation:
      "Neither values.yaml nor any values-ENV.yaml of the application has that path, so the condition is always false. Usually a typo, or a value that was renamed. A value that a template of the chart names is not reported; one that is passed on to another chart, only if it looks like a typo.",
  },
  "unknown-environment": {
    summary: "A file for an environment that does not exist.",
    explanation: "There is no environments/values-ENV.yaml for it, so nothing reads the file. Rename or remove it.",
  },
  "unusable-name": {
    summary: "The name of an application's directory is not a valid application name.",
    explanation:
      "A name consists of ASCII letters, digits, dots, underscores and hyphens. It begins with a letter or a digit; a dot is not allowed at the end or next to another dot. No environment can enable the application. Rename or remove it.",
  },
  "unused-ignore": {
    summary: "An ignore comment that ignores nothing.",
    explanation: "The finding is gone, or elsewhere. Remove the comment, so that it does not hide the next finding.",
  },
  "useless-override": {
    summary: "secrets-ENV.yaml changes nothing.",
    explanation:
      "It is empty, an entry says exactly what secrets.yaml says, or the environment does not enable the application. Remove it.",
  },
};
