import { PhalanxError } from "../errors.js";
import { type GitPlace, runGit } from "./run.js";

/** Nobody waits for Git longer than that for a name. */
const PATIENCE = 10_000;

/** The abbreviated commit of a checkout, with `+` if it has changes; empty where there is no Git or no commit. */
export async function commitOf(place: GitPlace): Promise<string> {
  const args = ["describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+"];
  try {
    const { status, stdout } = await runGit({ timeout: PATIENCE, ...place }, args);
    return status === 0 ? stdout.toString("utf8").trim() : "";
  } catch (error) {
    if (error instanceof PhalanxError) return "";
    throw error;
  }
}
