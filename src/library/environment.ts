import { resolve } from "node:path";
import { readDeclaredKinds } from "../config/application.js";
import type { DeclaredKind } from "../model/environment.js";
import { loadEnvironment as loadFrom, type LoadedEnvironment as Loaded } from "../config/environment.js";
import { listEnvironments as listFrom } from "../config/environment-settings.js";
import { diskTree } from "../config/disk-tree.js";
import { findRoot } from "../config/tree.js";
import { collectProblems, throwProblems } from "../problems.js";

/** The result of {@link loadEnvironment}. Pass it on to {@link plan}. */
export interface LoadedEnvironment extends Loaded {
  /** The secrets that an application declares, by key, even if it is disabled in the environment. */
  readonly declares: (application: string) => ReadonlyMap<string, DeclaredKind>;
}

/**
 * Loads an environment from its configuration and evaluates all conditions. Reads files only; no request is sent.
 *
 * @param root The directory that contains `environments/` and `applications/`.
 * @param name The environment's name: NAME in `environments/values-NAME.yaml`.
 * @returns The environment, and warnings about its configuration.
 * @throws PhalanxError if there is no such root or environment.
 * @throws ConfigurationError with every problem of every file.
 *
 * @example
 * ```ts
 * const { environment, warnings } = loadEnvironment(".", "demo");
 * for (const warning of warnings) console.warn(lineOf(warning));
 * console.log(`${environment.applications.size} applications`); // 7 applications
 * ```
 */
export function loadEnvironment(root: string, name: string): LoadedEnvironment {
  const tree = treeAt(root);
  return { ...loadFrom(tree, name), declares: (application) => readDeclaredKinds(tree, application, name) };
}

/**
 * Lists the environments of a configuration.
 *
 * @param root The directory that contains `environments/` and `applications/`.
 * @returns Their names, sorted.
 * @throws PhalanxError if there is no such root.
 * @throws ConfigurationError if `environments/` cannot be read.
 *
 * @example
 * ```ts
 * console.log(listEnvironments(".").join(", ")); // demo, staging
 * ```
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
