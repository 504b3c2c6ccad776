import { HELM_VALUES } from "../config/helm-values.js";
import { attempt } from "../config/tree-file.js";
import type { Tree } from "../config/tree.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { collectProblems } from "../problems.js";
import { type MappingFile, readMapping } from "../yaml/mapping-file.js";
import type { Position } from "../yaml/position.js";
import { type Reading, reportProblems } from "./findings.js";

/** A YAML file of the tree. */
export interface LintFile {
  readonly path: string;
  readonly text: string;
  /** Undefined if the file is broken, which has been reported. */
  readonly mapping: MappingFile | undefined;
  /** Whether it has duplicate keys, so that a sync refuses the file although it can be read. */
  readonly refused: boolean;
}

/** A file that is only searched as text. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** The text of a file that must exist; undefined, and reported, if it cannot be read. */
export function readText(tree: Tree, path: string, { environments, report }: Reading): string | undefined {
  const problems = collectProblems();
  const text = attempt(problems, () => tree.read(path));
  if (text !== undefined) return text;
  const [problem = diagnostic("file-or-link-target-missing", {}, { place: { file: path } })] = problems.found;
  report(problem, environments, "unreadable-file");
  return undefined;
}

/** The names in a directory; empty if it does not exist or, reported, cannot be read. */
export function readDirectory(tree: Tree, path: string, reading: Reading): readonly string[] {
  return reportProblems("unreadable-file", reading, (problems) => attempt(problems, () => tree.list(path))) ?? [];
}

/** Reads and parses a file listed in its directory. Each file is read once, no matter how many checks need it. */
export function readFile(tree: Tree, path: string, reading: Reading): LintFile {
  const text = readText(tree, path, reading);
  if (text === undefined) return { path, text: "", mapping: undefined, refused: true };
  const options = /(^|\/)secrets(-[^/]*)?\.yaml$/.test(path)
    ? { warnOfOddKeys: true }
    : path.startsWith("applications/")
      ? HELM_VALUES
      : undefined;
  return reportProblems("yaml", reading, (problems) => {
    const mapping = readMapping(text, () => path, problems, options);
    return { path, text, mapping, refused: problems.found.length > 0 };
  });
}

/** The position of an element in a file, or of the nearest one around it. */
export function placeIn({ path, mapping }: LintFile, at: readonly string[], what: "key" | "value" = "key"): Position {
  return mapping?.position(at, what) ?? { file: path, line: 1, column: 1 };
}
