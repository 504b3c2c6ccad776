import type * as z from "zod/mini";
import type { AnyDiagnostic, Place, Subject } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { YamlKind } from "../model/diagnostics/yaml.js";
import { nearest } from "../model/nearest.js";
import type { Problems } from "../problems.js";
import { isMapping, kindOf, type YamlValue } from "./kind.js";

/** The subject of a field's problem. */
export interface About {
  readonly place: Place;
  readonly subject?: Subject;
}

type Path = readonly (string | number)[];

/** The position of an issue's path, and its subject. */
export interface IssueContext {
  /** The validated value, to name the kind of a misplaced one. */
  readonly value: YamlValue;
  about(path: Path, what: "key" | "value"): About;
  /** Known fields of the mapping at a path, for suggestions. */
  fields(path: Path): readonly string[];
  /** Whether text instead of a field may be a value that lost its field name, and so must not be quoted. */
  readonly secret?: boolean;
}

/** Required kinds, by the names in the schema library. */
const NEEDED: Readonly<Record<string, YamlKind | "integer">> = {
  string: "string",
  boolean: "boolean",
  object: "mapping",
  record: "mapping",
  number: "number",
  int: "integer",
};

/** Converts a schema's issues into problems: with a position and a suggestion, never with a value. */
export function reportIssues(issues: readonly z.core.$ZodIssue[], context: IssueContext, problems: Problems): void {
  for (const issue of issues) {
    const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    if (issue.code !== "unrecognized_keys") problems.add(fieldProblem(issue, path, context));
    else for (const key of issue.keys) problems.add(keyProblem(key, path, context));
  }
}

function keyProblem(field: string, path: Path, context: IssueContext): AnyDiagnostic {
  const [about, known] = [context.about([...path, field], "key"), context.fields(path)];
  if (known.includes(field)) return diagnostic("field-misplaced", { field }, about);
  return context.secret ? unquotedField(field, known, about) : diagnostic("field-unknown", { field, known }, about);
}

function fieldProblem(issue: z.core.$ZodIssue, path: Path, context: IssueContext): AnyDiagnostic {
  const field = path.at(-1);
  const value = at(context.value, path);
  const about = context.about(path, "value");
  switch (issue.code) {
    case "invalid_type": {
      const needed = NEEDED[issue.expected];
      if (value === undefined) return diagnostic("field-missing", { field }, context.about(path, "key"));
      return needed === undefined
        ? diagnostic("field-invalid", { field }, about)
        : diagnostic("field-wrong-type", { field, is: kindOf(value), needed }, about);
    }
    case "invalid_value":
    case "invalid_union": {
      const known = (issue.code === "invalid_value" ? issue.values : optionsOf(issue)).map(String);
      if (value === undefined) return diagnostic("field-missing", { field, known }, context.about(path, "key"));
      const meant = typeof value === "string" ? nearest(value, known) : undefined;
      return diagnostic("field-value-unknown", { field, known, meant }, about);
    }
    case "too_small": {
      const minimum = Number(issue.minimum);
      return diagnostic(issue.origin === "string" ? "field-too-short" : "field-too-small", { field, minimum }, about);
    }
    case "too_big":
      return diagnostic("field-too-large", { field, maximum: Number(issue.maximum) }, about);
    // Checks of our own schemas: names of variables by a pattern, and paths of names.
    case "invalid_format":
      return diagnostic("field-not-variable", { field }, about);
    case "custom":
      return diagnostic("field-not-path", { field }, about);
    default:
      return diagnostic("field-invalid", { field }, about);
  }
}

/** An unknown field where it may be a value: only near matches of a known name are quoted. */
export function unquotedField(field: string, known: readonly string[], about: About): AnyDiagnostic {
  return diagnostic("field-unknown", nearest(field, known) === undefined ? { known } : { field, known }, about);
}

function at(value: YamlValue, path: Path): YamlValue | undefined {
  let found: YamlValue | undefined = value;
  for (const step of path) {
    if (Array.isArray(found) && typeof step === "number") found = found[step];
    else if (isMapping(found) && Object.hasOwn(found, step)) found = found[step];
    else return undefined;
  }
  return found;
}

/** The possible values of a union's discriminator. */
function optionsOf(issue: z.core.$ZodIssueInvalidUnion): readonly unknown[] {
  return "options" in issue ? (issue.options ?? []) : [];
}
