import type { Problems } from "../problems.js";
import { describeKind, isMapping, type YamlMapping } from "./kind.js";
import { parseYaml, YamlError, type YamlDocument } from "./parse.js";

/** A YAML file whose top level is a mapping. */
export interface MappingFile {
  readonly value: YamlMapping;
  /** Whether the file holds nothing but comments. */
  readonly isEmpty: boolean;
  /** `file:line:column` of a path into the document, or of its nearest existing ancestor. */
  position(path: readonly (string | number)[], what?: "key" | "value"): string;
}

/**
 * Reads the text of one file. Undefined if it is broken: what is wrong goes to `problems`. An empty file counts as an
 * empty mapping.
 *
 * @param shown The file's name as an operator would type it.
 */
export function readMapping(text: string, shown: string, problems: Problems): MappingFile | undefined {
  let document: YamlDocument;
  try {
    document = parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const { message, line, column } = error.problem;
    problems.add(`${shown}:${line}:${column}: ${message}`, "Correct the YAML.");
    return undefined;
  }
  for (const { message, line, column } of document.duplicates) {
    problems.add(`${shown}:${line}:${column}: ${message}`, "Keep one of them; the last one would win silently.");
  }
  const { value } = document;
  if (value !== null && !isMapping(value)) {
    problems.add(`${shown}: is ${describeKind(value)}; it must be a mapping`);
    return undefined;
  }
  return {
    value: value ?? {},
    isEmpty: value === null,
    position: (path, what) => {
      const { line, column } = document.locate(path, what);
      return `${shown}:${line}:${column}`;
    },
  };
}
