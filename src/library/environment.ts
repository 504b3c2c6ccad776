import { resolve } from "node:path";
import { readDeclaredKinds } from "../config/application.js";
import type { DeclaredKind } from "../model/environment.js";
import { loadEnvironment as loadFrom, type LoadedEnvironment as Loaded } from "../config/environment.js";
import { listEnvironments as listFrom } from "../config/environment-settings.js";
import { diskTree } from "../config/disk-tree.js";
import { findRoot } from "../config/tree.js";
import { collectProblems, throwProblems } from "../problems.js";

/** An environment as its configuration describes it, and what else the configuration tells. */
export interface LoadedEnvironment extends Loaded {
  /** What an application that is not enabled declares. */
  readonly declares: (application: string) => ReadonlyMap<string, DeclaredKind>;
}

/**
 * Loads one environment, conditions evaluated. Reads the configuration and nothing else.
 *
 * @param root The directory with `environments/` and `applications/`.
 * @throws PhalanxError for an unknown environment; ConfigurationError with every problem of every file.
 */
export function loadEnvironment(root: string, name: string): LoadedEnvironment {
  const tree = treeAt(root);
  return { ...loadFrom(tree, name), declares: (application) => readDeclaredKinds(tree, application, name) };
}

/**
 * The names of all environments, sorted.
 *
 * @param root The directory with `environments/` and `applications/`.
 */
export function listEnvironments(root: string): readonly string[] {
  const problems = collectProblems();
  const names = listFrom(treeAt(root), problems);
  throwProblems(problems, { of: "configuration" });
  return names ?? [];
}

function treeAt(root: string): ReturnType<typeof diskTree> {
  const directory = resolve(root);
  return diskTree(findRoot(directory, { cwd: directory, env: {} }), directory);
}
