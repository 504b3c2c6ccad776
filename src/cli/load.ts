import { resolve } from "node:path";
import { loadEnvironment, type LoadedEnvironment } from "../config/environment.js";
import { diskTree, findRoot } from "../config/tree.js";
import { PhalanxError } from "../errors.js";
import { PULL_SECRET, type Environment } from "../model/environment.js";
import { didYouMean } from "../model/nearest.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { type Context, variable, warn } from "./context.js";

export interface ConfigOption {
  readonly config?: string;
}

/** Loads an environment from the tree that `--config` or the current directory leads to; passes its warnings on. */
export function loadFromTree(context: Context, name: string, { config }: ConfigOption): LoadedEnvironment {
  const tree = diskTree(findRoot(config, context.cwd), context.cwd);
  const loaded = loadEnvironment(tree, name);
  for (const warning of loaded.warnings) warn(context, warning);
  return loaded;
}

/** Static secrets from the file that was given, else from 1Password where it is configured, else none. */
export async function loadStaticSecrets(
  context: Context,
  environment: Environment,
  file: string | undefined,
): Promise<StaticSecrets | undefined> {
  if (file !== undefined) {
    const { readStaticSecrets } = await import("../sources/file.js");
    const { staticSecrets, warnings } = await readStaticSecrets(resolve(context.cwd, file), file, environment);
    for (const warning of warnings) warn(context, warning);
    return staticSecrets;
  }
  if (environment.onepassword === undefined) return undefined;
  if (variable(context, "OP_CONNECT_TOKEN") === undefined) {
    throw new PhalanxError("No 1Password Connect credentials (OP_CONNECT_TOKEN) set", {
      hint: `Set OP_CONNECT_TOKEN, or give the static secrets of ${environment.name} in a file with --secrets FILE.`,
    });
  }
  throw new PhalanxError(
    `${environment.name} keeps its static secrets in 1Password, which this version cannot read yet`,
    {
      hint: "Give them in a file with --secrets FILE.",
    },
  );
}

/** Checks the applications given to `--exclude`, so that a typo does not protect nothing. */
export function excludedApplications(
  context: Context,
  environment: Environment,
  names: readonly string[],
): ReadonlySet<string> {
  const known = [...environment.applications.keys(), PULL_SECRET];
  for (const name of names) {
    if (known.includes(name) || environment.disabled.has(name)) continue;
    const meant = didYouMean(name, known);
    warn(context, `--exclude ${name}: ${environment.name} has no such application${meant ? `. ${meant}` : ""}`);
  }
  return new Set(names);
}
