import type { Subject } from "../../model/diagnostic.js";
import { type Diagnostic, diagnostic } from "../../model/diagnostics/index.js";
import { lookalike } from "../../model/nearest.js";
import { type MissingInOnepassword, WRITE_TOKEN_ITEM } from "../../model/onepassword.js";
import type { StaticSecret } from "../../model/secret.js";
import { SecretValue } from "../../model/secret-value.js";
import { oddityOf } from "../../model/value-oddity.js";
import type { Problems } from "../../problems.js";
import { decodeUtf8, withoutMark } from "../../model/text-encoding.js";
import type { Item, ItemField } from "./answers.js";

/** A field by the labels that a person finds it by. */
type LabelledField = Diagnostic<"onepassword-field-not-text">["details"];

/** The content of the field with a label, in any section. */
export type FieldContent = "absent" | "empty" | "ambiguous" | { readonly value: string };

/** The combined content of fields with one label: equal values, and empty ones beside them, are unambiguous. */
export function agreed(fields: readonly ItemField[]): FieldContent {
  if (fields.length === 0) return "absent";
  const [value, ...others] = new Set(fields.flatMap((field) => field.value || []));
  if (others.length > 0) return "ambiguous";
  return value === undefined ? "empty" : { value };
}

/** How many of them have a value. */
export function withValue(fields: readonly ItemField[]): number {
  return fields.filter(({ value }) => value).length;
}

/** Looks up a field by label; two with the same label and different values are a problem. */
export function fieldContent(title: string, { fields }: Item, label: string, problems: Problems): FieldContent {
  const details = { item: title, label };
  const about = title === WRITE_TOKEN_ITEM ? {} : { subject: { application: title, key: label } };
  const found = (fields ?? []).filter((candidate) => candidate.label === label);
  const content = agreed(found);
  if (content === "ambiguous")
    problems.add(diagnostic("onepassword-field-ambiguous", { ...details, count: withValue(found) }, about));
  else if (typeof content !== "string") requireText(details, content.value, problems, about);
  return content;
}

/**
 * The label in an item that differs from a missing one only in ways that are hard to see.
 *
 * @param needed Labels that are needed themselves.
 */
export function nearLabel({ fields }: Item, label: string, needed: readonly string[]): { readonly near?: string } {
  const labels = (fields ?? []).flatMap((field) => field.label || []);
  const near = lookalike(
    label,
    labels.filter((candidate) => !needed.includes(candidate)),
  );
  return near === undefined ? {} : { near };
}

/** Vault, like every file, would replace an unpaired surrogate by another character. */
export function requireText(
  field: LabelledField,
  value: string | null | undefined,
  problems: Problems,
  about: { readonly subject?: Subject } = {},
): void {
  if (value?.isWellFormed() === false) problems.add(diagnostic("onepassword-field-not-text", field, about));
}

/** A field's content as it goes into Vault. Warns about anything that hardly any program expects. */
export function storedValue(
  text: string,
  { encoded, ...field }: LabelledField & { readonly encoded: boolean },
  problems: Problems,
  about: { readonly subject?: Subject } = {},
): string {
  const value = withoutMark(text);
  if (value !== text) problems.warn(diagnostic("onepassword-value-marked", field, about));
  const oddity = oddityOf(value);
  if (oddity !== undefined) problems.warn(diagnostic("onepassword-value-odd", { ...field, encoded, oddity }, about));
  return value;
}

/** One application's values in its item. */
export function applicationValues(
  item: Item,
  secrets: readonly StaticSecret[],
  missing: MissingInOnepassword[],
  problems: Problems,
): ReadonlyMap<string, SecretValue> {
  const values = new Map<string, SecretValue>();
  const needed = secrets.map(({ key }) => key);
  for (const { application, key, encoded } of secrets) {
    const content = fieldContent(application, item, key, problems);
    if (content === "absent") missing.push({ application, key, ...nearLabel(item, key, needed) });
    if (typeof content === "string") continue;
    const subject = { application, key };
    const text = encoded ? decodeBase64(content.value) : content.value;
    if (text === undefined) {
      problems.add(diagnostic("onepassword-value-not-base64", {}, { subject }));
      continue;
    }
    const value = storedValue(text, { item: application, label: key, encoded }, problems, { subject });
    if (value !== "") values.set(key, new SecretValue(value));
  }
  return values;
}

/**
 * The text whose UTF-8 bytes a field contains in base64; undefined for anything else. Ignores whitespace, since people
 * wrap long lines.
 */
function decodeBase64(encoded: string): string | undefined {
  const compact = encoded.replace(/[ \t\r\n\f\v]/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  return decodeUtf8(Buffer.from(compact, "base64"));
}
