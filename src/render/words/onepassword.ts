import type { Near, ONEPASSWORD } from "../../model/diagnostics/onepassword.js";
import { didYouMean } from "../../model/nearest.js";
import {
  type ConnectRequest,
  type MissingInOnepassword,
  missingName,
  STRUCTURED_ITEMS,
  type StructuredItem,
} from "../../model/onepassword.js";
import { refId } from "../../model/secret.js";
import { commandLine } from "../../model/shell.js";
import { ODDITIES, type Words } from "./words.js";

export const ONEPASSWORD_WORDS: Words<typeof ONEPASSWORD> = {
  "onepassword-answer-not-json": {
    summary: ({ details: { url, status } }) => `The response from ${url} (status ${status}) is not JSON`,
    hint: "Check that onepassword.connectUrl is the address of a 1Password Connect server and not of a web page.",
  },
  "onepassword-answer-unusable": {
    summary: ({ details: { url, request } }) =>
      `The response from ${url} for ${wanted(request)} does not come from 1Password Connect`,
    hint: "Check onepassword.connectUrl.",
  },
  "onepassword-busy": {
    summary: ({ details: { url, seconds } }) => `${server(url)} asks clients to wait ${seconds} seconds`,
    hint: "Run the command again after that time.",
  },
  "onepassword-field-ambiguous": {
    summary: ({ details: { item, section, label, count } }) =>
      section === undefined
        ? `1Password item "${item}" has ${count} fields "${label}" with different values`
        : `1Password item "${item}", section "${section}", has ${count} fields "${label}" with different values`,
    hint: ({ details: { section } }) =>
      section === undefined
        ? "Rename or remove all but one: phalanx does not choose between them."
        : "Rename or remove all but one.",
  },
  "onepassword-field-empty": {
    summary: ({ details }) => `${fieldOf(details)} is missing or empty${instead(details)}`,
    hint: ({ details: { item, label, near } }) =>
      near === undefined ? sectionsOf(item) : `Rename the field "${near}" to "${label}".`,
  },
  "onepassword-field-not-text": {
    summary: ({ details }) => `${fieldOf(details)} is not well-formed text: it has half of a surrogate pair`,
    hint: "Enter the value again.",
  },
  "onepassword-item-misnamed": {
    summary: ({ details: { item, near } }) => `1Password has no item "${item}", and its item "${near}" is not used`,
    hint: ({ details: { item, near } }) => `If you meant that item, rename "${near}" to "${item}".`,
  },
  "onepassword-item-not-used": {
    summary: ({ details }) =>
      `1Password item "${details.item}" has no field "${details.label}"${instead(details)}; the item is not used`,
  },
  "onepassword-item-only-notes": {
    summary: ({ details: { item } }) => `1Password item "${item}" holds only notes, and is treated as missing`,
  },
  "onepassword-field-outside-section": {
    summary: ({ details }) => `${fieldOf(details)} is not in a section with a title`,
    hint: ({ details: { item } }) => sectionsOf(item),
  },
  "onepassword-item-ambiguous": {
    summary: ({ details: { item, count } }) => `1Password has ${count} items "${item}"`,
    hint: "Rename or archive all but one: phalanx does not choose between them.",
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
    hint: ({ subject, details: { missing } }) =>
      `${renamed(missing)}${commandLine("phalanx", "secrets", "onepassword-template", subject.environment)} shows what the vault must have${missing.some(({ key, near }) => key === undefined && near === undefined) ? "; --create creates the missing items" : ""}.`,
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
        ? "Check the server, and any proxy in front of it. Then run the command again."
        : "Check onepassword.connectUrl: what answers there may not be 1Password Connect.",
  },
  "onepassword-token-refused": {
    summary: ({ details: { url } }) => `${server(url)} does not accept the token: it is not valid or has expired`,
    hint: ({ details: { variable } }) => `Set ${variable} to a current token of this Connect server.`,
  },
  "onepassword-too-many-requests": {
    summary: ({ details: { url } }) => `${server(url)} has had too many requests (429)`,
    hint: "Wait a while, then run the command again.",
  },
  "onepassword-value-marked": {
    summary: ({ details }) => `${fieldOf(details)} begins with a byte order mark, which was ignored`,
  },
  "onepassword-value-not-base64": {
    summary: ({ subject }) =>
      `Value of secret ${refId(subject)} is malformed: value could not be base64-decoded to a valid secret string`,
    hint: "Put the base64 encoding of the value into the field in 1Password: base64 < FILE prints it.",
  },
  "onepassword-value-odd": {
    summary: ({ details }) => `${fieldOf(details)} ${ODDITIES[details.oddity]}`,
    hint: ({ details: { oddity, encoded, section } }) => {
      if (oddity === "pem-on-one-line")
        return section === undefined ? LOST_LINES[encoded ? "encoded" : "plain"] : undefined;
      const how = encoded
        ? "put the value without it into a file, and encode that: base64 < FILE"
        : "remove it from the field.";
      return `If that is not part of the value, ${how}`;
    },
  },
  "onepassword-vault-ambiguous": {
    summary: ({ details: { url, vault, count } }) => `${server(url)} has ${count} vaults "${vault}"`,
    hint: "Rename one of them, or give the token access to one of them only.",
  },
  "onepassword-vault-unknown": {
    summary: ({ details: { url, vault } }) => `${server(url)} has no vault "${vault}"`,
    hint: ({ details: { vault, known } }) => {
      const meant = didYouMean(vault, known);
      return `${meant ? `${meant} ` : ""}Check onepassword.vaultTitle, and that the token is allowed to see the vault.`;
    },
  },
};

/** Of a PEM, by whether the field is in base64. */
const LOST_LINES = {
  plain:
    "If 1Password has joined its lines, write onepassword: {encoded: true} for this secret in secrets.yaml, and put into the field what this prints: base64 < FILE",
  encoded: "Encode the file as it is, and put into the field what this prints: base64 < FILE",
};

function server(url: string): string {
  return `1Password Connect at ${url}`;
}

function fieldOf({ item, section, label }: { item: string; section?: string; label: string }): string {
  const place = section === undefined ? "" : `, section "${section}"`;
  return `1Password item "${item}"${place}: its field "${label}"`;
}

/** What looks like the field that was looked for. */
function instead({ near }: Near): string {
  return near === undefined ? "" : ` (there is "${near}")`;
}

function renamed(missing: readonly MissingInOnepassword[]): string {
  return missing
    .flatMap(({ application, key, near }) =>
      near === undefined ? [] : `Rename "${near}" to "${key ?? application}". `,
    )
    .join("");
}

function sectionsOf(item: StructuredItem): string {
  const { named, labels } = STRUCTURED_ITEMS[item];
  return `Give it one section for each ${named}, with its name as the title and the fields ${labels.join(", ")}.`;
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
