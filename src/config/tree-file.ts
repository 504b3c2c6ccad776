import { ConfigurationError } from "../errors.js";
import type { Problems } from "../problems.js";
import { type MappingFile, readMapping, type ReadOptions } from "../yaml/mapping-file.js";
import type { Tree } from "./tree.js";

/** Asks the tree for something; what cannot be read is reported beside all other problems. Undefined then. */
export function attempt<T>(problems: Problems, ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.add(error.message, error.hint);
    return undefined;
  }
}

/** Reads a YAML file of the tree. A broken one has been reported to `problems`, an absent one has not. */
export function readTreeFile(
  tree: Tree,
  path: string,
  problems: Problems,
  options?: ReadOptions,
): MappingFile | "absent" | "broken" {
  const before = problems.found.length;
  const text = attempt(problems, () => tree.read(path));
  if (text === undefined) return problems.found.length > before ? "broken" : "absent";
  return readMapping(text, tree.display(path), problems, options) ?? "broken";
}
