import { PhalanxError } from "../errors.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import { nearest } from "../model/nearest.js";
import type { Repository } from "./repository.js";
import { type GitPlace, runGit } from "./run.js";

/** A commit, and how the user named it. */
export interface Revision {
  readonly shown: string;
  readonly commit: string;
}

/**
 * The commit that a text names, or undefined.
 *
 * @throws PhalanxError if it names several.
 */
export async function findRevision({ place }: Repository, text: string): Promise<Revision | undefined> {
  // Git would take a leading dash for an option.
  if (text === "" || text.startsWith("-") || /\p{Cc}/u.test(text)) return undefined;
  const [{ status, stdout }] = await Promise.all([
    runGit(place, ["rev-parse", "--verify", "--quiet", `${text}^{commit}`]),
    refuseAmbiguous(place, text),
  ]);
  return status === 0 ? { shown: text, commit: stdout.toString("utf8").trim() } : undefined;
}

/** Git would prefer a tag over the branch of the same name, and anyone who may push may push tags. */
async function refuseAmbiguous(place: GitPlace, text: string): Promise<void> {
  const [name = ""] = text.split(/[~^:]|@\{/, 1);
  // Git takes these literally.
  if (/^(?:|HEAD|@|refs\/.*|[0-9a-f]{40}|[0-9a-f]{64})$/s.test(name)) return;
  const places = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"].map((where) => `${where}${name}`);
  const candidates = [...places, `refs/remotes/${name}/HEAD`];
  const format = "--format=%(refname) %(objectname) %(*objectname)";
  const { stdout } = await runGit(place, ["for-each-ref", format, ...candidates]);
  const found = stdout
    .toString("utf8")
    .split("\n")
    .map((line) => line.trimEnd().split(" "))
    .filter(([ref = ""]) => candidates.includes(ref))
    .map(([ref = "", ...objects]) => ({ words: ref, commit: objects.at(-1) ?? "" }));
  if (found.length > 0 && /^[0-9a-f]{4,}$/.test(name)) {
    const objects = await runGit(place, ["rev-parse", `--disambiguate=${name}`]);
    for (const commit of objects.stdout.toString("utf8").split("\n")) if (commit) found.push({ words: commit, commit });
  }
  if (new Set(found.map(({ commit }) => commit)).size < 2) return;
  const meanings = found.map(({ words }) => text.replace(name, () => words));
  throw new PhalanxError(diagnostic("revision-ambiguous", { name, meanings }));
}

/** The merge base of two revisions, as in `main...HEAD`. */
export async function findMergeBase(repository: Repository, a: Revision, b: Revision): Promise<Revision> {
  const { status, stdout } = await runGit(repository.place, ["merge-base", a.commit, b.commit]);
  if (status === 0) {
    const commit = stdout.toString("utf8").trim();
    return { shown: commit.slice(0, 12), commit };
  }
  const details = { revisions: [a.shown, b.shown], shallow: await isShallow(repository) } as const;
  throw new PhalanxError(diagnostic("revisions-unrelated", details));
}

/** The error for a text that should have been a revision, with what may have been meant. */
export async function unknownRevision(
  repository: Repository,
  text: string,
  others: readonly string[] = [],
): Promise<PhalanxError> {
  if (text === "HEAD") return new PhalanxError(diagnostic("repository-without-commit"));
  if (text.startsWith("-")) return new PhalanxError(diagnostic("revision-like-option", { revision: text }));
  const { stdout } = await runGit(repository.place, ["for-each-ref", "--format=%(refname:short)"]);
  const names = [
    ...stdout
      .toString("utf8")
      .split("\n")
      .filter((name) => name !== ""),
    "HEAD",
    ...others,
  ];
  const meant = names.find((name) => name.endsWith(`/${text}`)) ?? nearest(text, names);
  const [shallow, incomplete] = await Promise.all([isShallow(repository), whatIsNotFetched(repository, text)]);
  const details = { revision: text, orEnvironment: others.length > 0, shallow, ...incomplete };
  return new PhalanxError(diagnostic("revision-unknown", { ...details, ...(meant !== undefined && { meant }) }));
}

/** What a clone may lack although it is not shallow. Returns only plain names, since they become parts of a command. */
async function whatIsNotFetched(
  { place }: Repository,
  text: string,
): Promise<Pick<Diagnostic<"revision-unknown">["details"], "unfetched" | "narrow">> {
  const { stdout } = await runGit(place, ["config", "--get-regexp", "^remote\\..*\\.fetch$"]);
  const remotes = new Map<string, boolean>();
  for (const line of stdout.toString("utf8").split("\n")) {
    const [, remote, what = ""] = /^remote\.(\w[\w.-]*)\.fetch (.*)$/.exec(line) ?? [];
    if (remote) remotes.set(remote, (remotes.get(remote) ?? false) || what.includes("*"));
  }
  const [name = ""] = text.split(/[~^:]|@\{/, 1);
  for (const remote of remotes.keys()) {
    const branch = name.startsWith(`${remote}/`) ? name.slice(remote.length + 1) : "";
    if (/^\w[\w./-]*$/.test(branch)) return { unfetched: { remote, branch } };
  }
  const [narrow] = [...remotes].find(([, isWhole]) => !isWhole) ?? [];
  return narrow === undefined ? {} : { narrow };
}

async function isShallow({ place }: Repository): Promise<boolean> {
  const { stdout } = await runGit(place, ["rev-parse", "--is-shallow-repository"]);
  return stdout.toString("utf8").trim() === "true";
}
