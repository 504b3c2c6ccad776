import type { SOURCES, UnsupportedInSops } from "../../model/diagnostics/sources.js";
import { didYouMean } from "../../model/nearest.js";
import { type ConnectRequest, missingName, STRUCTURED_ITEMS, type StructuredItem } from "../../model/onepassword.js";
import { refId } from "../../model/secret.js";
import { commandLine } from "../../model/shell.js";
import { unreadableFile } from "../file-reason.js";
import type { Words } from "./words.js";

const IDENTITY_FILE = "Give a file as age-keygen writes it: identities begin with AGE-SECRET-KEY-1.";
const CHANGED_WITHOUT_SOPS =
  "Somebody changed the file without sops. Get it again from where it came from, and change it with sops.";

export const SOURCES_WORDS: Words<typeof SOURCES> = {
  "age-file-damaged": {
    summary: ({ details: { file } }) => `${file} is encrypted with age and damaged: it was cut off or changed`,
    hint: "Get it again from where it came from.",
  },
  "age-identities-missing": {
    summary: ({ details: { origin } }) => `${origin} holds no age identity`,
    hint: IDENTITY_FILE,
  },
  "age-identities-unsupported": {
    summary: ({ details: { origin } }) =>
      `${origin} holds only identities of age plugins or SSH keys, which phalanx cannot use`,
    hint: IDENTITY_FILE,
  },
  "age-identity-damaged": {
    summary: ({ details: { origins } }) => `An identity in ${origins.join(" and ")} is damaged: its checksum is wrong`,
    hint: "Copy it once more from where it is kept.",
  },
  "age-identity-malformed": {
    summary: ({ details: { origin, line } }) => `${origin}: line ${line} is no age identity`,
    hint: "age-keygen writes such files; identities begin with AGE-SECRET-KEY-1.",
  },
  "age-identity-unfit": {
    summary: ({ details: { file, origins } }) => `No identity in ${origins.join(" and ")} opens ${file}`,
    hint: "Give the identity of one of its recipients with --identity FILE.",
  },
  "age-passphrase-wrong": {
    summary: ({ details: { file } }) => `The passphrase does not open ${file}`,
    hint: "Run the command again and type it once more.",
  },
  "age-recipient-malformed": {
    summary: ({ details: { recipient } }) =>
      `The recipient${recipient === undefined ? "" : ` ${recipient}`} is no age recipient`,
    hint: "Recipients begin with age1; age-keygen -y FILE prints that of an identity. SSH keys and plugins are not supported.",
  },
  "age-work-factor-too-high": {
    summary: ({ details: { file } }) => `${file} asks for more work to derive its key than phalanx will do`,
    hint: "Encrypt it anew with age itself.",
  },
  "onepassword-answer-not-json": {
    summary: ({ details: { url, status } }) => `The answer of ${url} (status ${status}) is no JSON`,
    hint: "Check that onepassword.connectUrl is the address of a 1Password Connect server and not of a web page.",
  },
  "onepassword-answer-unusable": {
    summary: ({ details: { url, request } }) =>
      `The answer of ${url} for ${wanted(request)} is not one of 1Password Connect`,
    hint: "Check onepassword.connectUrl.",
  },
  "onepassword-busy": {
    summary: ({ details: { url, seconds } }) => `${server(url)} asks to wait ${seconds} seconds`,
    hint: "Its limit of requests is used up. Run again after that time.",
  },
  "onepassword-field-ambiguous": {
    summary: ({ details: { item, section, label, count } }) =>
      section === undefined
        ? `1Password item "${item}" has ${count} fields "${label}"`
        : `1Password item "${item}", section "${section}": has ${count} fields "${label}"`,
    hint: ({ details: { section } }) =>
      section === undefined
        ? "Rename or remove all but one: which of them counts is not decided here."
        : "Rename or remove all but one.",
  },
  "onepassword-field-empty": {
    summary: ({ details }) => `${fieldOf(details)} is missing or empty`,
    hint: ({ details: { item } }) => sectionsOf(item),
  },
  "onepassword-field-not-text": {
    summary: ({ details }) => `${fieldOf(details)} is not well-formed text: it has half of a surrogate pair`,
    hint: "Enter the value again.",
  },
  "onepassword-item-not-used": {
    summary: ({ details: { item, label } }) => `1Password item "${item}" has no field "${label}"; it is not used`,
  },
  "onepassword-field-outside-section": {
    summary: ({ details }) => `${fieldOf(details)} stands in no section with a title`,
    hint: ({ details: { item } }) => sectionsOf(item),
  },
  "onepassword-item-ambiguous": {
    summary: ({ details: { item, count } }) => `1Password has ${count} items "${item}"`,
    hint: "Rename or archive all but one: which of them counts is not decided here.",
  },
  "onepassword-item-in-doubt": {
    summary: ({ details: { item, cause } }, { lineOf }) =>
      `${lineOf(cause)}; whether the item "${item}" was created is unknown`,
    hint: ({ details: { cause } }, { hintOf }) => {
      const first = hintOf(cause);
      return `${first === undefined ? "Run" : `${first} Then run`} the same command again: it looks at what is there first.`;
    },
  },
  "onepassword-item-without-fields": {
    summary: ({ details: { item } }) =>
      `1Password item "${item}" has none of the fields ${STRUCTURED_ITEMS[item].labels.map((label) => `"${label}"`).join(", ")}`,
    hint: ({ details: { item } }) => `${sectionsOf(item)} If there is none, archive the item.`,
  },
  "onepassword-items-missing": {
    summary: ({ details: { missing } }) => `Missing 1Password items or fields: ${missing.map(missingName).join(", ")}`,
    hint: ({ subject }) =>
      `${commandLine("phalanx", "secrets", "onepassword-template", subject.environment)} shows what the vault must have; with --create it makes missing items.`,
  },
  "onepassword-not-permitted": {
    summary: ({ details: { url, request } }) => `${asking(request)} is not permitted at ${server(url)}`,
    hint: ({ details: { variable } }) => `Give the token of ${variable} access to this vault.`,
  },
  "onepassword-redirect": {
    summary: ({ details: { url, status } }) =>
      `${server(url)} answers with a redirect (${status}), which is not followed`,
    hint: "Set onepassword.connectUrl to the address that it redirects to.",
  },
  "onepassword-request-failed": {
    summary: ({ details: { url, request, status } }) => `${asking(request)} failed at ${server(url)}: status ${status}`,
    hint: ({ details: { status } }) =>
      status >= 500
        ? "Check the state of the server, and of what stands before it, then run again."
        : "Check onepassword.connectUrl: what answers there may not be 1Password Connect.",
  },
  "onepassword-token-refused": {
    summary: ({ details: { url } }) => `${server(url)} does not accept the token: it is not valid or has expired`,
    hint: ({ details: { variable } }) => `Set ${variable} to a current token of this Connect server.`,
  },
  "onepassword-too-many-requests": {
    summary: ({ details: { url } }) => `${server(url)} has had too many requests (429)`,
    hint: "Wait a while, then run again.",
  },
  "onepassword-value-not-base64": {
    summary: ({ subject }) =>
      `Value of secret ${refId(subject)} is malformed: value could not be base64-decoded to a valid secret string`,
    hint: "Encode the value with base64 once more.",
  },
  "onepassword-vault-ambiguous": {
    summary: ({ details: { url, vault, count } }) => `${server(url)} has ${count} vaults "${vault}"`,
    hint: "Rename one of them, or give the token access to one of them only.",
  },
  "onepassword-vault-unknown": {
    summary: ({ details: { url, vault } }) => `${server(url)} has no vault "${vault}"`,
    hint: ({ details: { vault, known } }) => {
      const meant = didYouMean(vault, known);
      return `${meant ? `${meant} ` : ""}Check onepassword.vaultTitle, and that the token may see the vault.`;
    },
  },
  "secrets-file-application-unused": {
    summary: ({ subject: { environment, application } }) =>
      `${environment} has no enabled application ${application}; its secrets in the file are not used`,
  },
  "secrets-file-empty": { summary: "is empty", hint: "Write {} if the environment has no static secrets." },
  "secrets-file-exposed": {
    summary: ({ details: { file, mode } }) =>
      `${file} is not encrypted, and others may open it (mode ${mode}): chmod 600 ${file}`,
  },
  "secrets-file-not-own": {
    summary: ({ details: { file } }) =>
      `${file} is not encrypted, and belongs to another user, who can read and change it`,
  },
  "secrets-file-unreadable": {
    summary: ({ details: { file, reason } }) => unreadableFile(file, reason),
    hint: "Give the file of static secrets with --secrets FILE; phalanx secrets static-template ENV writes an empty one.",
  },
  "secrets-file-value-not-required": {
    summary: ({ subject }) => `${refId(subject)} is not required in ${subject.environment}; it is not used`,
  },
  "secrets-file-value-not-static": {
    summary: ({ subject }) =>
      `${refId(subject)} is no static secret in ${subject.environment}; its value in the file is not used`,
  },
  "sops-data-key-malformed": { summary: "its data key is malformed", hint: CHANGED_WITHOUT_SOPS },
  "sops-mac-mismatch": { summary: "its MAC does not match", hint: CHANGED_WITHOUT_SOPS },
  "sops-mac-missing": {
    summary: ({ details: { file } }) => `${file} has no MAC: nothing tells whether it was changed`,
    hint: "Write it anew with sops.",
  },
  "sops-metadata-malformed": {
    summary: ({ details: { field } }) => `sops.${field} is missing or malformed`,
    hint: "Get the file again from where it came from.",
  },
  "sops-unsupported": {
    summary: ({ details }) => `${details.file} is a SOPS file with ${unsupported(details)}, which phalanx cannot read`,
    hint: ({ details: { file } }) =>
      `Decrypt it with sops: (umask 077; ${commandLine("sops", "-d", file)} > FILE), and give that with --secrets FILE.`,
  },
  "sops-value-unreadable": {
    summary: ({ details: { path } }) => `${path.join("/")} cannot be decrypted: it was changed or moved`,
    hint: CHANGED_WITHOUT_SOPS,
  },
};

function server(url: string): string {
  return `1Password Connect at ${url}`;
}

function fieldOf({ item, section, label }: { item: string; section?: string; label: string }): string {
  const place = section === undefined ? "" : `, section "${section}"`;
  return `1Password item "${item}"${place}: its field "${label}"`;
}

function sectionsOf(item: StructuredItem): string {
  const { named, labels } = STRUCTURED_ITEMS[item];
  return `Give it one section for each ${named}, titled like it, with the fields ${labels.join(", ")}.`;
}

/** What a request is for. */
function wanted(request: ConnectRequest): string {
  switch (request.for) {
    case "vault":
      return "the vaults";
    case "items":
      return "the items";
    case "item":
      return `the item "${request.item}"`;
    case "creation":
      return "what was created";
  }
}

function asking(request: ConnectRequest): string {
  if (request.for === "vault") return `Reading the 1Password vault "${request.vault}"`;
  return request.for === "creation" ? `Creating the 1Password item "${request.item}"` : `Reading ${wanted(request)}`;
}

function unsupported(what: UnsupportedInSops): string {
  switch (what.feature) {
    case "key-groups":
      return `${what.count} key groups (Shamir's secret sharing)`;
    case "recipients":
      return `no age recipient (only ${what.kinds.join(", ") || "none at all"})`;
    case "rules":
      return what.rules.join(" and ");
    case "pattern":
      return `a regular expression in sops.${what.rule} that is not understood`;
  }
}
