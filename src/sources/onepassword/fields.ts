import type { MissingInOnepassword } from "../../model/onepassword.js";
import type { StaticSecret } from "../../model/secret.js";
import { SecretValue } from "../../model/secret-value.js";
import type { Problems } from "../../problems.js";
import type { Item } from "./answers.js";
import { decodeBase64 } from "./base64.js";

/** What the field with a label holds, whatever its section. */
export type FieldContent = "absent" | "empty" | "ambiguous" | { readonly value: string };

/** Looks a field up by its label; two with the same one are a problem. */
export function fieldContent(title: string, { fields }: Item, label: string, problems: Problems): FieldContent {
  const [field, ...others] = (fields ?? []).filter((candidate) => candidate.label === label);
  if (field === undefined) return "absent";
  if (others.length === 0) {
    requireText(`1Password item "${title}": its field "${label}"`, field.value, problems);
    return field.value ? { value: field.value } : "empty";
  }
  problems.add(
    `1Password item "${title}" has ${others.length + 1} fields "${label}"`,
    "Rename or remove all but one: which of them counts is not decided here.",
  );
  return "ambiguous";
}

/** Half of a surrogate pair is written as another character, by Vault as by every file. */
export function requireText(shown: string, value: string | null | undefined, problems: Problems): void {
  if (value?.isWellFormed() === false)
    problems.add(`${shown} is not well-formed text: it has half of a surrogate pair`, "Enter the value again.");
}

/** The values of one application that its item knows. */
export function applicationValues(
  item: Item,
  secrets: readonly StaticSecret[],
  missing: MissingInOnepassword[],
  problems: Problems,
): ReadonlyMap<string, SecretValue> {
  const values = new Map<string, SecretValue>();
  for (const { application, key, encoded } of secrets) {
    const content = fieldContent(application, item, key, problems);
    if (content === "absent") missing.push({ application, key });
    if (typeof content === "string") continue;
    const value = encoded ? decodeBase64(content.value) : content.value;
    if (value === undefined) problems.add(malformed(application, key), "Encode the value with base64 once more.");
    else if (value !== "") values.set(key, new SecretValue(value));
  }
  return values;
}

function malformed(application: string, key: string): string {
  return `Value of secret ${application}/${key} is malformed: value could not be base64-decoded to a valid secret string`;
}
