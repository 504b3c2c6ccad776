import type { Problems } from "../problems.js";
import { describeKind, isMapping, type YamlMapping } from "./kind.js";
import { parseYaml, YamlError, type YamlDocument } from "./parse.js";

/** A YAML file whose top level is a mapping. */
export interface MappingFile {
  readonly value: YamlMapping;
  /** Whether the file holds nothing but comments. */
  readonly isEmpty: boolean;
  /** The keys of the mapping at a path, in the order of the file even where they look like integers. */
  keys(path: readonly (string | number)[]): readonly string[];
  /** `file:line:column` of a path into the document, or of its nearest existing ancestor. */
  position(path: readonly (string | number)[], what?: "key" | "value"): string;
}

/** How a file is read. */
export interface ReadOptions {
  /** Warn of keys that are no strings; Helm values have good reasons for them. */
  readonly warnOfOddKeys: boolean;
}

/**
 * Reads the text of one file. Undefined if it is broken: what is wrong goes to `problems`. An empty file counts as an
 * empty mapping.
 *
 * @param shown The file's name as an operator would type it; asked for only if there is something to say of it.
 */
export function readMapping(
  text: string,
  shown: () => string,
  problems: Problems,
  { warnOfOddKeys }: ReadOptions = { warnOfOddKeys: false },
): MappingFile | undefined {
  let document: YamlDocument;
  try {
    document = parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const { message, line, column } = error.problem;
    problems.add(`${shown()}:${line}:${column}: ${message}`, "Correct the YAML.");
    return undefined;
  }
  for (const { message, line, column } of document.duplicates) {
    problems.add(`${shown()}:${line}:${column}: ${message}`, "Keep one of them; the last one would win silently.");
  }
  if (warnOfOddKeys) {
    for (const { message, line, column } of document.oddKeys())
      problems.warn(`${shown()}:${line}:${column}: ${message}`);
  }
  const { value } = document;
  if (value !== null && !isMapping(value)) {
    problems.add(`${shown()}: is ${describeKind(value)}; it must be a mapping`);
    return undefined;
  }
  return {
    value: value ?? {},
    isEmpty: value === null,
    keys: (path) => document.keys(path),
    position: (path, what) => {
      const { line, column } = document.locate(path, what);
      return `${shown()}:${line}:${column}`;
    },
  };
}
