import type * as z from "zod/mini";
import { didYouMean } from "../model/nearest.js";
import type { Problems } from "../problems.js";
import { describeKind, isMapping } from "./kind.js";
import type { YamlValue } from "./parse.js";

/** Where an issue's path leads, and how to speak of it. */
export interface IssueContext {
  /** The validated value, to say what sort of thing stands in the wrong place. */
  readonly value: YamlValue;
  /** `file:line:column: APP/KEY` or the like for a path. */
  prefix(path: readonly (string | number)[], what: "key" | "value"): string;
  /** Known fields of the mapping at a path, for suggestions. */
  fields(path: readonly (string | number)[]): readonly string[];
  /** Whether what stands where a field should may be a value that lost its field, and is not quoted. */
  readonly secret?: boolean;
}

const NOUNS: Record<string, string> = {
  string: "a string",
  boolean: "a boolean",
  object: "a mapping",
  record: "a mapping",
  number: "a number",
};

function at(value: YamlValue, path: readonly (string | number)[]): YamlValue | undefined {
  let found: YamlValue | undefined = value;
  for (const step of path) {
    if (Array.isArray(found) && typeof step === "number") found = found[step];
    else if (isMapping(found) && Object.hasOwn(found, step)) found = found[step];
    else return undefined;
  }
  return found;
}

function quoteHint(actual: string): string | undefined {
  return ["a number", "a boolean", "a date"].includes(actual) ? "Put it in quotes." : undefined;
}

/** Turns a schema's complaints into problems of ours: with a position and a suggestion, never with a value. */
export function reportIssues(issues: readonly z.core.$ZodIssue[], context: IssueContext, problems: Problems): void {
  for (const issue of issues) {
    const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    const field = path.at(-1);
    const actual = describeKind(at(context.value, path));
    switch (issue.code) {
      case "unrecognized_keys":
        for (const key of issue.keys) {
          const [where, fields] = [context.prefix([...path, key], "key"), context.fields(path)];
          if (fields.includes(key))
            problems.add(`${where}: "${key}" does not belong here`, "It goes with other types only.");
          else if (context.secret) reportUnquotedField(where, key, fields, problems);
          else reportUnknownField(where, key, fields, problems);
        }
        break;
      case "invalid_type": {
        const noun = NOUNS[issue.expected] ?? issue.expected;
        if (actual === "absent") problems.add(`${context.prefix(path, "key")}: "${field}" is missing`);
        else
          problems.add(
            `${context.prefix(path, "value")}: ${name(field)} is ${actual}; it must be ${noun}`,
            noun === "a string" ? quoteHint(actual) : undefined,
          );
        break;
      }
      case "invalid_value":
        problems.add(
          `${context.prefix(path, "value")}: ${name(field)} must be one of ${issue.values.map(String).join(", ")}`,
        );
        break;
      case "invalid_union": {
        const options = "options" in issue ? (issue.options ?? []).map(String) : [];
        const value = at(context.value, path);
        if (actual === "absent")
          problems.add(`${context.prefix(path, "key")}: "${field}" is missing`, listing(options));
        else
          problems.add(
            `${context.prefix(path, "value")}: ${name(field)} is not one of the known ones`,
            (typeof value === "string" ? didYouMean(value, options) : undefined) ?? listing(options),
          );
        break;
      }
      case "too_small":
        problems.add(`${context.prefix(path, "value")}: ${name(field)} is too small; at least ${issue.minimum}`);
        break;
      case "too_big":
        problems.add(`${context.prefix(path, "value")}: ${name(field)} is too large; at most ${issue.maximum}`);
        break;
      case "custom":
        problems.add(`${context.prefix(path, "value")}: ${name(field)} is not valid`, issue.message);
        break;
      default:
        problems.add(`${context.prefix(path, "value")}: ${name(field)} is not valid`);
    }
  }
}

/** Says that a field does not exist, and which ones do. */
export function reportUnknownField(where: string, key: string, fields: readonly string[], problems: Problems): void {
  problems.add(`${where}: unknown field "${key}"`, didYouMean(key, fields) ?? listing(fields));
}

/** The same where the unknown field may be a value: only what is nearly a known name is quoted. */
export function reportUnquotedField(where: string, key: string, fields: readonly string[], problems: Problems): void {
  if (didYouMean(key, fields) !== undefined) reportUnknownField(where, key, fields, problems);
  else problems.add(`${where}: unknown field`, listing(fields));
}

/** What to say of a field that is there under its old and its current name. */
export function bothThere(old: string, current: string): string {
  return `"${old}" and "${current}" are both there, and are the same field`;
}

function name(field: string | number | undefined): string {
  return field === undefined ? "it" : typeof field === "number" ? `entry ${field + 1}` : `"${field}"`;
}

function listing(fields: readonly string[]): string | undefined {
  return fields.length > 0 ? `Known: ${fields.join(", ")}.` : undefined;
}
