import type { CLI, FixedIn } from "../../model/diagnostics/cli.js";
import { durationText } from "../../model/duration.js";
import { RULE_IDS } from "../../model/lint.js";
import { didYouMean } from "../../model/nearest.js";
import { refId } from "../../model/secret.js";
import { commandLine, shellWord } from "../../model/shell.js";
import type { FileEditor } from "../../model/static-origin.js";
import { unreadableFile } from "../file-reason.js";
import { missingStaticFile } from "../static-file-command.js";
import { utcTime } from "../log-time.js";
import { prefixFaultHint, prefixFaultText, quotedName } from "../names.js";
import { destroySecretId, revokeToken } from "../vault-credentials.js";
import { USAGE_WORDS } from "./usage.js";
import { count } from "../count.js";
import type { Words } from "./words.js";

const CREATED_MEANWHILE = "was created in the meantime, by somebody else or by a request that arrived twice";

const EDITED_FILE_HINTS: Readonly<Record<string, string>> = {
  EISDIR: "Name the file in it.",
  link: "Name the file that it leads to.",
};

/** The command that opens it, if no editor alone does. */
const EDITORS: Readonly<Record<FileEditor, (environment: string, file: string) => string>> = {
  any: () => "",
  phalanx: (environment, file) => ` (${commandLine("phalanx", "secrets", "edit", environment, file)})`,
  sops: (_, file) => ` (${commandLine("sops", file)})`,
};

export const CLI_WORDS: Words<typeof CLI> = {
  ...USAGE_WORDS,
  "application-not-a-file-name": {
    summary: ({ subject }) => `"${subject.application}" in Vault is not a valid file name`,
  },
  "audit-not-compared": {
    summary: "Vault was not compared, because 1Password lacks items or fields that the audit needs",
    hint: ({ subject: { environment } }) =>
      `To audit the rest, leave out their applications with --exclude. To see what 1Password must have: ${commandLine("phalanx", "secrets", "onepassword-template", environment)}`,
  },
  "audit-findings-hidden": {
    summary: ({ details: { missing, different, unknown, unresolved } }) => {
      const hidden = [
        ...(missing === 0 ? [] : [`${missing} missing`]),
        ...(different === 0 ? [] : [`${different} with a different value`]),
        ...(unknown === 0 ? [] : [`${unknown} unknown`]),
      ].join(", ");
      return `Not listed while ${count(unresolved, "secret is", "secrets are")} unresolved: ${hidden}`;
    },
    hint: ({ details: { command } }) => `To see everything: ${command}`,
  },
  "copy-conflict": { summary: ({ subject }) => `${subject.application} exists with different values` },
  "copy-not-permitted": {
    summary: ({ details: { cause } }, { lineOf }) => lineOf(cause),
    hint: ({ details: { from, to } }) =>
      `A copy needs a token that can list and read ${from}, and read and write ${to}. The write token of an environment covers only its own prefix.`,
  },
  "copy-deleted": {
    summary: ({ subject }) => `Not copied, because it is deleted at the old prefix: ${subject.application}`,
  },
  "copy-onto-itself": { summary: ({ details }) => `Vault path ${details.path} cannot be copied onto itself` },
  "copy-source-empty": {
    summary: ({ details }) => `Nothing to copy at ${details.prefix}`,
    hint: "OLDPREFIX includes the mount, as in secret/phalanx/old.",
  },
  "copy-target-occupied": {
    summary: ({ details }) => `${details.prefix} already holds different values: nothing was copied`,
    hint: "Give --overwrite to replace them; the old values stay in their history.",
  },
  "credentials-created-meanwhile": {
    summary: ({ details }) => {
      const [what, end] =
        details.kind === "token"
          ? ["another token of this environment", revokeToken(details.accessor)]
          : ["another SecretID", destroySecretId(details.role, details.accessor)];
      return `${what} ${CREATED_MEANWHILE}. If nobody uses it, invalidate it: ${end}`;
    },
  },
  "dev-vault-token-invalid": {
    summary: "--token is empty or contains invalid characters",
    hint: "Leave it out for a random one.",
  },
  "edited-stdin": {
    summary: "Standard input cannot be edited",
    hint: "Name a file. For a file called -, write ./-.",
  },
  "editable-file-changed": {
    summary: ({ details: { file } }) => `Somebody else changed ${file} in the meantime: nothing was written`,
    hint: "Run the command again.",
  },
  "edit-given-up": { summary: ({ details }) => `Aborted: ${details.file} was not changed` },
  "edit-rejected": {
    summary: ({ details: { file, count: n } }) =>
      `${count(n, "problem")} in what the editor saved: ${file} was not changed, and the edit is lost`,
  },
  "edit-not-saved": {
    summary: ({ details: { file } }) =>
      `The editor did not save ${file}: nothing was written, and it is still not encrypted`,
    hint: ({ details: { file } }) =>
      `To encrypt it as it is, save it in the editor, or: age -r RECIPIENT -o ${shellWord(`${file}.age`)} ${shellWord(file)}`,
  },
  "edit-output-redirected": {
    summary: "Standard output is not the terminal, so it would get what the editor shows, with the values",
    hint: "Run the command without > or |.",
  },
  "edited-file-changed": {
    summary: ({ details: { file, kept } }) =>
      `${file} was changed by somebody else in the meantime; your version is in ${kept}`,
    hint: ({ details: { kept } }) => `Merge the two files, then remove ${kept}.`,
  },
  "edited-file-plain": {
    summary: ({ details }) => `${details.file} is not encrypted: edit it with any editor`,
    hint: "To encrypt it as well, add --encrypt-to RECIPIENT.",
  },
  "edited-file-sops": {
    summary: ({ details }) => `${details.file} is a SOPS file, so edit it with sops`,
    hint: ({ details: { file, paste } }) => {
      const edit = commandLine("sops", file);
      return paste === undefined ? `Run: ${edit}` : `Paste what this prints: ${paste}. To edit the file: ${edit}`;
    },
  },
  "edited-file-unreadable": {
    summary: ({ details: { file, reason } }) => unreadableFile(file, reason),
    hint: ({ subject: { environment }, details: { file, reason, meant } }) =>
      reason === "ENOENT" ? missingStaticFile(environment, file, meant) : EDITED_FILE_HINTS[reason],
  },
  "edited-recipients-unknown": {
    summary: ({ details: { file, others } }) =>
      `${file} is also encrypted to ${count(others, "other recipient")}, and an age file does not name them`,
    hint: "Give all of its recipients, including yourself: --encrypt-to RECIPIENT, once for each.",
  },
  "entry-unwritable": {
    summary: ({ subject, details: { file } }) =>
      `${refId(subject)} cannot be added to ${file} without changing something else in it`,
    hint: "Add it with an editor: phalanx does not edit aliases, merge keys, or flow mappings over several lines.",
  },
  "environment-on-neither-side": {
    summary: ({ subject, details: { before, after } }) =>
      `No configuration found for environment ${subject.environment}, neither in ${before} nor in ${after}`,
    hint: ({ subject, details: { known } }) =>
      didYouMean(subject.environment, known) ?? `Known environments: ${known.join(", ")}.`,
  },
  "environments-none": {
    summary: "environments/ holds no values-ENV.yaml",
    hint: "Give the root of a configuration with --config DIR.",
  },
  "environments-unaudited": {
    summary: ({ details: { environments, total } }) =>
      `${environments.length} of ${total} environments could not be audited: ${environments.join(", ")}`,
  },
  "fleet-credentials-none": {
    summary: "No credentials for any environment were found",
    hint: "Set VAULT_TOKEN_<ENV> (upper case, with _ for - and dots) for each, or name them in a file: --fleet-config FILE",
  },
  "items-created-before": {
    summary: ({ details }) => `Created before the error: ${details.created.join(", ")}`,
    hint: "The items above were kept. Run the command again to create the rest.",
  },
  "listen-address-public": {
    summary: ({ details }) =>
      `anyone who can reach ${details.address} can try the root token, and anyone on the network path can intercept the traffic`,
  },
  "listen-address-refused": {
    summary: ({ details }) =>
      `--listen ${details.address}: this server only listens on this machine (127.0.0.1, ::1, localhost)`,
    hint: "It is not Vault: it does not use TLS, and it prints its root token. If that does not matter on this network, add --i-know-this-is-not-vault.",
  },
  "listen-failed": {
    summary: ({ details: { address, reason } }) => `Cannot listen on ${address} (${reason})`,
    hint: ({ details }) =>
      details.reason === "EADDRINUSE"
        ? "The port is in use. Choose another one, or 0 for a free one."
        : "Check --listen.",
  },
  "old-prefix-invalid": {
    summary: ({ details }) => `OLDPREFIX ${quotedName(details.given)} ${prefixFaultText(details)}`,
    hint: ({ details }) => prefixFaultHint(details),
  },
  "output-directory-exchanged": {
    summary: ({ details }) => `${details.directory} was replaced while it was being written`,
  },
  "output-directory-not-empty": {
    summary: ({ details }) => `${details.directory} is not empty`,
    hint: "Choose a new directory, or use --force: it replaces exports of the same names and keeps the others.",
  },
  "output-directory-shared": {
    summary: ({ details }) => `Other users can replace files in ${details.directory}`,
    hint: "Use a directory that only you can write to.",
  },
  "output-directory-unwritable": {
    summary: ({ details: { directory, reason } }) => `${directory} cannot be written (${reason})`,
  },
  "output-not-a-directory": { summary: ({ details }) => `${details.file} is not a directory` },
  "rotate-refused": {
    summary: ({ subject, details }) => `${refId(subject)} is ${notRotatable[details.kind]}`,
    hint: ({ subject, details }) => {
      switch (details.kind) {
        case "static": {
          const set = ["phalanx", "secrets", "set", subject.environment, refId(subject)];
          if (details.from === "onepassword") return "Change it in 1Password, then sync.";
          return details.from === "file"
            ? `To change it in ${details.file}, before a sync: ${commandLine(...set, "--in", details.file ?? "")}`
            : `Change it in your static secrets file, then sync. If only Vault holds it: ${commandLine(...set)}`;
        }
        case "template":
          return `It follows ${details.sources.join(", ")}: rotate one that is generated, or change one that is static or fixed.`;
        case "copy":
          return `It follows ${details.source}: rotate that if it is generated, or change it if it is static or fixed.`;
        case "fixed":
          return changeFixed(subject, details);
        case "oidc-clients":
          return "Change them in the static secrets, then sync.";
      }
    },
  },
  "rule-unknown": {
    summary: ({ details }) => `Unknown rule: ${details.given}`,
    hint: ({ details }) => didYouMean(details.given, RULE_IDS) ?? "phalanx lint --explain lists them.",
  },
  "secret-id-lifetime": {
    summary: ({ details: { secretIdExpires: expires, tokenTtl, tokenMaxTtl } }) => {
      const tokens = `Tokens from the new SecretID ${lifetimeText(tokenTtl, tokenMaxTtl)}`;
      if (expires === undefined) return tokens;
      return `${tokens}; the SecretID itself ${expires === null ? "never expires" : `expires at ${utcTime(expires)}`}`;
    },
  },
  "secrets-exported": {
    summary: ({ details: { count: exported, prefix, directory, gone } }) => {
      const done =
        exported === 0
          ? `Nothing to export: no Vault secret under ${prefix} can be read`
          : `Exported ${count(exported, "Vault secret")} from ${prefix} to ${directory}, in clear text`;
      return gone.length === 0 ? done : `${done}. Soft-deleted or destroyed, so not exported: ${gone.join(", ")}`;
    },
  },
  "secrets-refused": {
    summary: ({ details: { count, command } }) =>
      `${count} of these secrets cannot be ${command === "set" ? "set" : "rotated"}: nothing was written`,
    hint: ({ details: { others } }) => (others === undefined ? undefined : `To rotate the others: ${others}`),
  },
  "secrets-unnamed": {
    summary: ({ details }) => `Which ${details.command === "set" ? "secret" : "secrets"}? None was given`,
    hint: ({ subject, details }) =>
      details.command === "set"
        ? "Name it as APP/KEY, or give a file with --from-file FILE."
        : `Name them as APP/KEY; ${commandLine("phalanx", "secrets", "list", subject.environment)} shows them.`,
  },
  "set-pull-secret-in": {
    summary: "--in cannot be used with pull-secret",
    hint: ({ subject: { environment }, details: { file, editor } }) =>
      `Add it under registries of pull-secret in ${file}${EDITORS[editor](environment, file)}, and sync.`,
  },
  "set-without-clients": {
    summary: ({ details: { files } }) =>
      `the OpenID Connect clients in ${files.join(", ")} are not set by this command`,
    hint: ({ details: { command } }) => `To write them: ${command}`,
  },
  "set-name-invalid": {
    summary: "set takes the names of secrets, as APP/KEY",
    hint: "A value is never an argument, because other users can see arguments. Give it on stdin or at the prompt.",
  },
  "set-refused": {
    summary: ({ subject, details }) => `${refId(subject)} is ${notStatic[details.kind]}, not static`,
    hint: ({ subject, details }) => {
      switch (details.kind) {
        case "template":
        case "copy":
          return `It follows ${details.sources.join(", ")}: set what is static, or rotate what is generated.`;
        case "fixed":
          return changeFixed(subject, details);
        case "oidc-clients":
          return "Change them in the static secrets, then sync.";
        case "generate":
          return `phalanx sets static secrets only. To give this one a new random value instead: ${commandLine("phalanx", "secrets", "rotate", subject.environment, refId(subject))}`;
      }
    },
  },
  "set-with-file": {
    summary: ({ subject, details: { file } }) =>
      `${subject.environment} keeps its static secrets in ${file}: if that has a value, the next sync would overwrite what is set here`,
    hint: ({ subject: { environment }, details: { file, names, edit } }) =>
      edit === undefined
        ? `With --anyway, it is set in Vault all the same. To set it in the file, before a sync: ${commandLine("phalanx", "secrets", "set", environment, ...names, "--in", file)}`
        : `${edit.what === "registry" ? "Add it under registries of pull-secret in" : "Put the values into"} ${file}${EDITORS[edit.editor](environment, file)}, and sync. Or give --anyway.`,
  },
  "set-with-onepassword": {
    summary: ({ subject }) =>
      `${subject.environment} keeps its static secrets in 1Password: if that has a value, the next sync would overwrite what is set here`,
    hint: "Change it in 1Password and sync, or give --anyway.",
  },
  "side-without-environments": { summary: ({ details }) => `${details.side} contains no environment` },
  "staged-with-two-revisions": { summary: "--staged compares the index with one revision, not with two" },
  "stdin-holds-one-value": {
    summary: "Stdin holds one value, but several secrets are named",
    hint: "Give a file with --from-file FILE.",
  },
  "token-expires": {
    summary: ({ details: { expires } }) =>
      `The new token ${expires === undefined ? "never expires" : `expires at ${utcTime(expires)}`}`,
  },
  "token-lifetime-shortened": {
    summary: ({ details }) =>
      `The server shortened the lifetime${details.expires === undefined ? "" : `: the new token would have expired at ${utcTime(details.expires)}`}`,
    hint: "The new token was revoked, and no older one was. Raise the server's max_lease_ttl, or leave out --require-lifetime.",
  },
  "token-not-orphan": {
    summary: ({ details: { parentExpires } }) =>
      `this token expires with its parent${parentExpires === undefined ? "" : `, at ${utcTime(parentExpires)} at the latest`}: the parent is not allowed to create orphan tokens`,
  },
  "token-server-warning": { summary: ({ details: { message } }) => message.trim() },
  "whole-application-named": {
    summary: ({ subject, details: { command } }) =>
      `${command} ${subject.application}: this is an application, not a secret`,
    hint: ({ subject }) =>
      `Name each secret, as ${shellWord(`${subject.application}/KEY`)}; ${commandLine("phalanx", "secrets", "list", subject.environment)} shows them.`,
  },
};

function lifetimeText(ttl: number, most: number): string {
  const first = ttl === 0 ? "have the server's default lifetime" : `live for ${durationText(ttl)}`;
  return most === 0 || most === ttl ? first : `${first}, or up to ${durationText(most)} in total if they are renewed`;
}

const notStatic = {
  template: "made from other secrets",
  copy: "a copy",
  fixed: "fixed in the configuration",
  generate: "generated",
  "oidc-clients": "made from the OpenID Connect clients",
} as const;

const notRotatable = {
  ...notStatic,
  static: "static: a person has to provide its new value",
} as const;

function changeFixed({ application }: { readonly application: string }, { file }: FixedIn): string {
  return `Change its value in ${file ?? `the secrets.yaml of ${application}`}, then sync.`;
}
