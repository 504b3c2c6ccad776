import { ConfigurationError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Problems } from "../problems.js";
import { isMapping, kindOf, type YamlMapping } from "./kind.js";
import { parseYaml, type YamlDocument } from "./parse.js";
import type { Position } from "./position.js";

/** A YAML file whose top level is a mapping. */
export interface MappingFile {
  readonly value: YamlMapping;
  /** Whether the file contains only comments. */
  readonly isEmpty: boolean;
  /** The keys of the mapping at a path in file order, even if they look like integers. */
  keys(path: readonly (string | number)[]): readonly string[];
  /** The position of the key (or value) at a path into the document; if there is none, of its nearest ancestor. */
  position(path: readonly (string | number)[], what?: "key" | "value"): Position;
}

export interface ReadOptions {
  /** Warn about keys that are not strings; Helm values have good reasons for them. */
  readonly warnOfOddKeys: boolean;
  /** Keep those apart from strings, as Python does; see `parseYaml`. */
  readonly oddKeysApart?: boolean;
}

/**
 * Reads the text of one file. Undefined if it is broken, which is reported to `problems`. An empty file counts as an
 * empty mapping.
 *
 * @param shown The file's name as an operator would type it; called only if there is something to report.
 */
export function readMapping(
  text: string,
  shown: () => string,
  problems: Problems,
  { warnOfOddKeys, oddKeysApart = false }: ReadOptions = { warnOfOddKeys: false },
): MappingFile | undefined {
  const document = parsed(text, shown, problems, oddKeysApart);
  if (document === undefined) return undefined;
  for (const duplicate of document.duplicates) problems.add(duplicate);
  if (warnOfOddKeys) {
    for (const oddKey of document.oddKeys()) problems.warn(oddKey);
  }
  const { value } = document;
  if (value !== null && !isMapping(value)) {
    problems.add(diagnostic("yaml-not-mapping", { is: kindOf(value) }, { place: { file: shown() } }));
    return undefined;
  }
  return {
    value: value ?? {},
    isEmpty: value === null,
    keys: (path) => document.keys(path),
    position: (path, what) => document.locate(path, what),
  };
}

function parsed(
  text: string,
  shown: () => string,
  problems: Problems,
  oddKeysApart: boolean,
): YamlDocument | undefined {
  try {
    return parseYaml(text, shown, oddKeysApart);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.add(error.diagnostic);
    return undefined;
  }
}
