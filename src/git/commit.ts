import { openRepository } from "./repository.js";
import { type GitPlace, runGit } from "./run.js";

/** How long to wait for Git to give a name. */
const PATIENCE = 10_000;

/** The abbreviated commit of a checkout, with `+` if it has changes; empty if there is no Git or no commit. */
export async function commitOf(root: string, given: GitPlace): Promise<string> {
  try {
    const { place } = await openRepository(root, { timeout: PATIENCE, ...given });
    const [commit, changes] = await Promise.all([
      runGit(place, ["rev-parse", "--short=12", "HEAD"]),
      runGit(await withoutFilters(place), [
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--ignore-submodules=dirty",
      ]),
    ]);
    if (commit.status !== 0 || changes.status !== 0) return "";
    return commit.stdout.toString("utf8").trim() + (changes.stdout.length > 0 ? "+" : "");
  } catch {
    // Even if Git cannot answer, a note without the commit is better than a failed run.
    return "";
  }
}

/** To compare files, Git would run filters that its configuration defines and `.gitattributes` names. */
async function withoutFilters(place: GitPlace): Promise<GitPlace> {
  const { stdout } = await runGit(place, ["config", "--null", "--name-only", "--get-regexp", "^filter\\."]);
  const names = stdout.toString("utf8").split("\0").slice(0, -1);
  const filters = new Set(names.map((name) => name.slice(0, name.lastIndexOf("."))));
  const settings = [...filters].flatMap((filter) => [
    [`${filter}.clean`, ""],
    [`${filter}.process`, ""],
    [`${filter}.required`, "false"],
  ]);
  const first = Number(place.env["GIT_CONFIG_COUNT"] ?? 0);
  const variables = settings.flatMap(([key, value], i) => [
    [`GIT_CONFIG_KEY_${first + i}`, key],
    [`GIT_CONFIG_VALUE_${first + i}`, value],
  ]);
  const count = { GIT_CONFIG_COUNT: String(first + settings.length) };
  return { ...place, env: { ...place.env, ...Object.fromEntries(variables), ...count } };
}
