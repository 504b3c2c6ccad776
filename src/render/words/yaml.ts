import type { YAML, YamlKind } from "../../model/diagnostics/yaml.js";
import { didYouMean } from "../../model/nearest.js";
import { PATH_HINT } from "../names.js";
import { aboutSecret, type Words } from "./words.js";

const CORRECT = "Correct the YAML.";

export const YAML_WORDS: Words<typeof YAML> = {
  "field-both-spellings": {
    summary: (it) =>
      `${aboutSecret(it)}"${it.details.old}" and "${it.details.current}" are the same field, and both are set`,
    hint: "Keep one of them.",
  },
  "field-invalid": { summary: (it) => `${named(it)} is not valid` },
  "field-misplaced": { summary: (it) => `${named(it)} does not belong here`, hint: "Only other types have it." },
  "field-missing": { summary: (it) => `${named(it)} is missing`, hint: ({ details }) => listing(details.known ?? []) },
  "field-not-path": { summary: (it) => `${named(it)} is not valid`, hint: PATH_HINT },
  "field-not-variable": {
    summary: (it) => `${named(it)} is not the name of an environment variable`,
    hint: "No token or other secret belongs in this file: name the variable that holds it.",
  },
  "field-old-spelling": {
    summary: (it) => `${aboutSecret(it)}"${it.details.old}" is an old spelling; write "${it.details.current}"`,
  },
  "field-too-large": { summary: (it) => `${named(it)} is too large; at most ${it.details.maximum}` },
  "field-too-short": {
    summary: (it) => {
      const { minimum } = it.details;
      return minimum === 1 ? `${named(it)} is empty` : `${named(it)} is too short; at least ${minimum} characters`;
    },
  },
  "field-too-small": { summary: (it) => `${named(it)} is too small; at least ${it.details.minimum}` },
  "field-unknown": {
    summary: (it) => `${aboutSecret(it)}unknown field${it.details.field === undefined ? "" : ` "${it.details.field}"`}`,
    hint: ({ details: { field, known } }) =>
      (field === undefined ? undefined : didYouMean(field, known)) ?? listing(known),
  },
  "field-value-unknown": {
    summary: (it) => `${named(it)} has an unknown value`,
    hint: ({ details: { known, meant } }) => (meant === undefined ? listing(known) : `Did you mean "${meant}"?`),
  },
  "field-wrong-type": {
    summary: (it) =>
      `${named(it)} is ${kindText(it.details.is)}; it must be ${it.details.needed === "integer" ? "a whole number" : kindText(it.details.needed)}`,
    hint: ({ details: { is, needed, field } }) => {
      if (needed === "string" && ["number", "boolean", "date"].includes(is)) return "Put it in quotes.";
      return field === "applications" && is === "null" ? "Write applications: {} if none is meant." : undefined;
    },
  },
  "yaml-alias-circular": { summary: "an alias inside the value that it refers to", hint: CORRECT },
  "yaml-alias-unknown": { summary: "an alias without its anchor", hint: CORRECT },
  "yaml-anchor-duplicate": { summary: "an anchor of this name exists already", hint: CORRECT },
  "yaml-colon-unquoted": {
    summary: "a colon and a space in an unquoted string",
    hint: 'Put it in quotes, as in description: "Token for the forge: read only".',
  },
  "yaml-control-character": { summary: "a control character that YAML does not allow", hint: CORRECT },
  "yaml-duplicate-key": {
    summary: ({ details }) => `mapping key appears twice: ${details.key}`,
    hint: "Keep one of them; the last one would win silently.",
  },
  "yaml-escape-invalid": {
    summary: ({ details }) =>
      `an escape sequence for ${details.of === "no-character" ? "a character that does not exist" : "half of a surrogate pair: it is not text"}`,
    hint: CORRECT,
  },
  "yaml-indicator-unquoted": {
    summary: ({ details }) => `a bare \`${details.indicator}\` has a meaning of its own in YAML`,
    hint: "Put it in quotes.",
  },
  "yaml-key-not-string": {
    summary: ({ details: { is, read } }) =>
      `the key is ${kindText(is)}, read as "${read}"; to keep that name, write "${read}" in quotes`,
  },
  "yaml-key-unusable": {
    summary: ({ details }) => `${details.is === "binary" ? "binary data" : "a mapping or list"} as a mapping key`,
    hint: CORRECT,
  },
  "yaml-merge-not-mapping": { summary: "`<<` needs a mapping or a list of mappings", hint: CORRECT },
  "yaml-not-mapping": {
    summary: ({ details }) => `is ${kindText(details.is)}; it must be a mapping`,
    hint: "Write KEY: VALUE lines.",
  },
  "yaml-scalar-unquoted": {
    summary: "a plain scalar inside brackets that is `-`, starts with `:` or has `?` needs quotes",
    hint: CORRECT,
  },
  "yaml-several-documents": { summary: "more than one document in the file", hint: CORRECT },
  "yaml-syntax": { summary: ({ details }) => details.reason, hint: CORRECT },
  "yaml-tab": { summary: "a tab outside of quotes, block scalars and comments", hint: CORRECT },
  "yaml-tag-unusable": { summary: "an unknown or unsuitable tag", hint: CORRECT },
  "yaml-text-behind-quotes": {
    summary: "text after a closing quote",
    hint: `Put all of it in quotes. Inside single quotes, write a single quote twice: 'the forge''s "main" token'.`,
  },
  "yaml-too-deep": { summary: "nested too deeply", hint: CORRECT },
  "yaml-too-many-aliases": { summary: "too many aliases", hint: CORRECT },
  "yaml-value-invalid": {
    summary: ({ details }) => `not a valid value for the YAML type ${details.type}`,
    hint: CORRECT,
  },
};

const KINDS: Readonly<Record<YamlKind, string>> = {
  absent: "absent",
  null: "null",
  list: "a list",
  date: "a date",
  binary: "binary data",
  boolean: "a boolean",
  number: "a number",
  string: "a string",
  mapping: "a mapping",
};

/** What sort of thing a value is, in words. */
export function kindText(kind: YamlKind): string {
  return KINDS[kind];
}

/** A field after the secret that it belongs to, as the beginning of a sentence. */
function named(it: Parameters<typeof aboutSecret>[0] & { details: { field?: string | number | undefined } }): string {
  const { field } = it.details;
  const name = field === undefined ? "it" : typeof field === "number" ? `entry ${field + 1}` : `"${field}"`;
  return aboutSecret(it) + name;
}

function listing(known: readonly string[]): string | undefined {
  return known.length > 0 ? `Known: ${known.join(", ")}.` : undefined;
}
