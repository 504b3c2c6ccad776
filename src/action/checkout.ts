import { realpathSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { Context } from "../terminal/context.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { runnerVariable } from "./event.js";
import { hasGit, openRepository, type Repository } from "../git/repository.js";

/**
 * The repository that the workflow checked out: the first one from the workspace down. A repository further down, such
 * as a submodule, comes from the very change under review, and so may variables left by earlier steps.
 */
export async function openCheckout(context: Context, root: string): Promise<Repository> {
  const found = directoriesTo(context, root).filter(hasGit);
  const [top, inner] = found;
  if (top === undefined) {
    throw new PhalanxError(diagnostic("checkout-missing", { directory: shownIn(context, root) }));
  }
  if (inner !== undefined) {
    throw new PhalanxError(diagnostic("checkout-in-checkout", { directory: shownIn(context, inner), top }));
  }
  const env = Object.fromEntries(
    Object.entries(context.env).filter(([name]) => !name.startsWith("GIT_") || name.startsWith("GIT_CONFIG_")),
  );
  return openRepository(root, { cwd: top, env });
}

/** From the workspace down to the configuration; empty if it is elsewhere. */
function directoriesTo(context: Context, root: string): string[] {
  const absolute = resolve(context.cwd, runnerVariable(context, "GITHUB_WORKSPACE"));
  // The runner may name it through a link, while the current directory is the link's target.
  for (const start of [absolute, realpathSync(absolute)]) {
    const path = relative(start, root);
    const steps = path === "" ? [] : path.split(sep);
    if (steps[0] === "..") continue;
    return [start, ...steps.map((_, i) => join(start, ...steps.slice(0, i + 1)))];
  }
  return [];
}

function shownIn({ cwd }: Context, directory: string): string {
  return relative(cwd, directory) || ".";
}
