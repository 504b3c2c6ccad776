import { PhalanxError } from "../errors.js";
import { nearest } from "../model/nearest.js";
import type { Repository } from "./repository.js";
import { runGit } from "./run.js";

/** A commit, and how it was named. */
export interface Revision {
  readonly shown: string;
  readonly commit: string;
}

/** The commit that a text names, or undefined. */
export async function findRevision({ place }: Repository, text: string): Promise<Revision | undefined> {
  // What begins with a dash is an option to Git.
  if (text === "" || text.startsWith("-") || /\p{Cc}/u.test(text)) return undefined;
  const { status, stdout } = await runGit(place, ["rev-parse", "--verify", "--quiet", `${text}^{commit}`]);
  return status === 0 ? { shown: text, commit: stdout.toString("utf8").trim() } : undefined;
}

/** The commit that two revisions have in common, as in `main...HEAD`. */
export async function findMergeBase(repository: Repository, a: Revision, b: Revision): Promise<Revision> {
  const { status, stdout } = await runGit(repository.place, ["merge-base", a.commit, b.commit]);
  if (status === 0) {
    const commit = stdout.toString("utf8").trim();
    return { shown: commit.slice(0, 12), commit };
  }
  const hint = await shallowHint(repository);
  throw new PhalanxError(`${a.shown} and ${b.shown} have no commit in common`, { hint });
}

/** The error for a text that should have been a revision, with what was perhaps meant. */
export async function unknownRevision(
  repository: Repository,
  text: string,
  others: readonly string[] = [],
): Promise<PhalanxError> {
  if (text === "HEAD") return new PhalanxError("The repository holds no commit yet", { hint: "Make one first." });
  if (text.startsWith("-")) return new PhalanxError(`${text}: a revision does not begin with a dash`);
  const { stdout } = await runGit(repository.place, ["for-each-ref", "--format=%(refname:short)"]);
  const names = [
    ...stdout
      .toString("utf8")
      .split("\n")
      .filter((name) => name !== ""),
    "HEAD",
    ...others,
  ];
  const meant = nearest(text, names);
  const elsewhere = others.length > 0 ? "An environment that is not in the work tree goes after --." : undefined;
  const hint = [meant === undefined ? elsewhere : `Did you mean "${meant}"?`, await shallowHint(repository)]
    .filter((part) => part !== undefined)
    .join(" ");
  return new PhalanxError(
    `${text} is no revision in this repository${others.length > 0 ? ", and no environment" : ""}`,
    hint === "" ? {} : { hint },
  );
}

async function shallowHint({ place }: Repository): Promise<string | undefined> {
  const { stdout } = await runGit(place, ["rev-parse", "--is-shallow-repository"]);
  return stdout.toString("utf8").trim() === "true"
    ? "This clone is shallow: git fetch --unshallow gets the rest (with actions/checkout: fetch-depth: 0)."
    : undefined;
}
