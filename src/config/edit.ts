import type { Edit } from "../model/explanation.js";
import { collectProblems } from "../problems.js";
import { isMapping, type YamlMapping, type YamlValue } from "../yaml/kind.js";
import { HELM_VALUES } from "./helm-values.js";
import { readTreeFile } from "./tree-file.js";
import type { Tree } from "./tree.js";

/** Indentation if the file has none to follow. */
const STEP = 2;

/** What to write into a file of the tree, which may not exist, to make the value at a path true. */
export function settingEdit(tree: Tree, file: string, path: readonly string[]): Edit {
  const found = readTreeFile(tree, file, collectProblems(), HELM_VALUES);
  const { depth, isTaken } = typeof found === "string" ? NOTHING : reach(found.value, path);
  const keys = path.slice(depth);
  if (typeof found === "string" || (depth === 0 && !isTaken))
    return { place: { file: tree.display(file) }, replaces: false, under: [], keys, value: true, indent: 0 };
  if (isTaken) {
    const place = found.position(path.slice(0, depth + 1), "key");
    return { place, replaces: true, under: [], keys, value: true, indent: place.column - 1 };
  }
  const under = path.slice(0, depth);
  const place = found.position(under, "key");
  const [sibling] = found.keys(under);
  const indent =
    sibling === undefined ? place.column - 1 + STEP : found.position([...under, sibling], "key").column - 1;
  return { place, replaces: false, under, keys, value: true, indent };
}

const NOTHING = { depth: 0, isTaken: false } as const;

/** How far a path leads through mappings, and whether something else is at its end. */
function reach(values: YamlMapping, path: readonly string[]): { readonly depth: number; readonly isTaken: boolean } {
  let value: YamlValue = values;
  for (const [depth, key] of path.entries()) {
    if (!isMapping(value)) return { depth: depth - 1, isTaken: true };
    if (!Object.hasOwn(value, key)) return { depth, isTaken: false };
    value = value[key] ?? null;
  }
  return { depth: path.length - 1, isTaken: true };
}
