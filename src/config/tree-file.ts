import { ConfigurationError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { collectProblems, type Problems } from "../problems.js";
import { type MappingFile, readMapping, type ReadOptions } from "../yaml/mapping-file.js";
import type { Tree } from "./tree.js";

/** Queries the tree; a read error is reported along with all other problems, and the result is undefined. */
export function attempt<T>(problems: Problems, ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.add(error.diagnostic);
    return undefined;
  }
}

type TreeFile = MappingFile | "absent" | "broken";

interface Remembered {
  readonly file: TreeFile;
  readonly found: readonly AnyDiagnostic[];
  readonly warnings: readonly AnyDiagnostic[];
}

const OF_ONE_ENVIRONMENT = /^applications\/[^/]+\/(secrets|values)-[^/]+$/;

const remembered = new WeakMap<Tree, { readonly files: Map<string, Remembered>; readonly shared: boolean }>();

/** From now on, each file of a tree that does not change is parsed once. */
export function rememberFiles<T extends Tree>(tree: T): T {
  remembered.set(tree, { files: new Map(), shared: false });
  return tree;
}

/** The same, but only for files that several environments read: in a large fleet, most belong to one. */
export function rememberSharedFiles<T extends Tree>(tree: T): T {
  remembered.set(tree, { files: new Map(), shared: true });
  return tree;
}

/** Reads a YAML file of the tree. A broken file is reported to `problems`, a missing one is not. */
export function readTreeFile(tree: Tree, path: string, problems: Problems, options?: ReadOptions): TreeFile {
  const { files, shared } = remembered.get(tree) ?? {};
  if (files === undefined || (shared && OF_ONE_ENVIRONMENT.test(path))) return parseFile(tree, path, problems, options);
  let known = files.get(path);
  if (known === undefined) {
    const own = collectProblems();
    known = { file: parseFile(tree, path, own, options), found: own.found, warnings: own.warnings };
    files.set(path, known);
  }
  for (const problem of known.found) problems.add(problem);
  for (const warning of known.warnings) problems.warn(warning);
  return known.file;
}

function parseFile(tree: Tree, path: string, problems: Problems, options?: ReadOptions): TreeFile {
  const before = problems.found.length;
  const text = attempt(problems, () => tree.read(path));
  if (text === undefined) return problems.found.length > before ? "broken" : "absent";
  return readMapping(text, () => tree.display(path), problems, options) ?? "broken";
}
