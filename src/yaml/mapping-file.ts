import type { Problems } from "../problems.js";
import { placeText, type Position } from "./position.js";
import { describeKind, isMapping, type YamlMapping } from "./kind.js";
import { parseYaml, YamlError, type YamlDocument } from "./parse.js";

/** A YAML file whose top level is a mapping. */
export interface MappingFile {
  readonly value: YamlMapping;
  /** Whether the file holds nothing but comments. */
  readonly isEmpty: boolean;
  /** The keys of the mapping at a path, in the order of the file even where they look like integers. */
  keys(path: readonly (string | number)[]): readonly string[];
  /** Where the key (or value) at a path into the document stands; if there is none, where its nearest ancestor does. */
  position(path: readonly (string | number)[], what?: "key" | "value"): Position;
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
    document = parseYaml(text, shown);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const { message, place } = error.problem;
    problems.add(`${placeText(place)}: ${message}`, "Correct the YAML.");
    return undefined;
  }
  for (const { message, place } of document.duplicates) {
    problems.add(`${placeText(place)}: ${message}`, "Keep one of them; the last one would win silently.");
  }
  if (warnOfOddKeys) {
    for (const { message, place } of document.oddKeys()) problems.warn(`${placeText(place)}: ${message}`);
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
    position: (path, what) => document.locate(path, what),
  };
}
