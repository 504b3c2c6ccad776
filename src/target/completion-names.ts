import { resolve } from "node:path";
import { loadEnvironment } from "../config/environment.js";
import { listEnvironments } from "../config/environment-settings.js";
import { diskTree } from "../config/disk-tree.js";
import { findRoot, type Tree } from "../config/tree.js";
import { PhalanxError } from "../errors.js";
import { PULL_SECRET, type Environment } from "../model/environment.js";
import { isName } from "../model/names.js";
import type { Secret } from "../model/secret.js";
import { collectProblems } from "../problems.js";
import { type Context, variable } from "../terminal/context.js";

/** A possible word at the cursor. */
export interface Candidate {
  readonly word: string;
  readonly description?: string;
}

/**
 * Completions from the configuration. A broken configuration offers none: the command itself will report the problem.
 */
export interface Names {
  readonly environments: () => readonly Candidate[];
  readonly applications: (environment: string | undefined) => readonly Candidate[];
  /** `APP/KEY`, and `APP` too unless a key is needed. */
  readonly secrets: (environment: string | undefined, wanted: SecretsWanted) => readonly Candidate[];
}

export interface SecretsWanted {
  readonly typed: string;
  readonly keyNeeded: boolean;
  readonly kind?: Secret["kind"];
}

export function openNames(context: Context, config: string | undefined): Names {
  const tree = quietly(() => {
    const root = findRoot(config === undefined ? undefined : withoutTilde(context, config), context);
    return diskTree(root, context.cwd);
  });
  const load = (name: string | undefined): Environment | undefined =>
    tree && name !== undefined ? quietly(() => loadEnvironment(tree, name).environment) : undefined;
  return {
    environments: () => (tree ? environmentNames(tree).map((word) => ({ word })) : []),
    applications: (name) => [...(load(name)?.applications.keys() ?? []), PULL_SECRET].map((word) => ({ word })),
    secrets: (name, wanted) => secretNames(load(name), wanted),
  };
}

function environmentNames(tree: Tree): readonly string[] {
  return quietly(() => listEnvironments(tree, collectProblems())?.filter(isName)) ?? [];
}

function secretNames(
  environment: Environment | undefined,
  { typed, keyNeeded, kind }: SecretsWanted,
): readonly Candidate[] {
  const applications = [...(environment?.applications.values() ?? [])].map(({ name, secrets }) => ({
    name,
    secrets: [...secrets.values()].filter((secret) => kind === undefined || secret.kind === kind),
  }));
  const chosen = applications.filter(({ secrets }) => secrets.length > 0);
  if (!typed.includes("/")) {
    return chosen.flatMap(({ name }) => (keyNeeded ? [] : [{ word: name }]).concat({ word: `${name}/` }));
  }
  return chosen.flatMap(({ name, secrets }) =>
    secrets.map((secret) => ({ word: `${name}/${secret.key}`, description: secret.kind })),
  );
}

/** The shell passes words as typed, before expansion. */
function withoutTilde(context: Context, path: string): string {
  const home = variable(context, "HOME");
  return home !== undefined && /^~(\/|$)/.test(path) ? resolve(home, `.${path.slice(1)}`) : path;
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof PhalanxError) return undefined;
    throw error;
  }
}
