import { realpathSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { type Context, variable } from "../terminal/context.js";
import { PhalanxError } from "../errors.js";
import { hasGit, openRepository, type Repository } from "../git/repository.js";

/**
 * The repository that the workflow checked out. It is the first from the workspace down: what is below, a submodule for
 * example, comes from the very change that is examined, as may whatever variables earlier steps have left.
 */
export async function openCheckout(context: Context, root: string): Promise<Repository> {
  const found = directoriesTo(context, root).filter(hasGit);
  const [top, inner] = found;
  if (top === undefined) {
    throw new PhalanxError(`${shownIn(context, root)} is in no repository that this workflow checked out`, {
      hint: "Let actions/checkout run before this step, and Git be installed when it does.",
    });
  }
  if (inner !== undefined) {
    throw new PhalanxError(
      `${shownIn(context, inner)} is a repository of its own inside the one that was checked out at ${top}`,
      { hint: "Check out two repositories beside each other, each with a path of its own." },
    );
  }
  const env = Object.fromEntries(
    Object.entries(context.env).filter(([name]) => !name.startsWith("GIT_") || name.startsWith("GIT_CONFIG_")),
  );
  return openRepository(root, { cwd: top, env });
}

/** From the workspace to the configuration, one below the other; none if it is elsewhere. */
function directoriesTo(context: Context, root: string): string[] {
  const workspace = variable(context, "GITHUB_WORKSPACE");
  if (workspace === undefined)
    throw new PhalanxError("GITHUB_WORKSPACE is not set", { hint: "This runs as a step of GitHub Actions." });
  const absolute = resolve(context.cwd, workspace);
  // The runner may name it through a link, while the current directory is where that leads.
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
