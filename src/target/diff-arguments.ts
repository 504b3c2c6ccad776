import { PhalanxError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Repository } from "../git/repository.js";
import { findMergeBase, findRevision, type Revision, unknownRevision } from "../git/revision.js";

/** The meaning of the words after `diff`. */
export interface DiffArguments {
  readonly revisions: readonly Revision[];
  /** None: all. */
  readonly environments: readonly string[];
  readonly warnings: readonly AnyDiagnostic[];
}

/**
 * Distinguishes revisions from environments, as Git distinguishes revisions from files: a valid revision is one, unless
 * it follows `--`.
 *
 * @param known The environments of the work tree.
 * @param separated How many of the words follow `--`.
 */
export async function readArguments(
  repository: Repository,
  words: readonly string[],
  separated: number | undefined,
  known: readonly string[],
): Promise<DiffArguments> {
  const end = words.length - (separated ?? 0);
  const revisions: Revision[] = [];
  const environments: string[] = [];
  const warnings: AnyDiagnostic[] = [];
  for (const word of words.slice(0, end)) {
    const found = environments.length > 0 ? [] : await readWord(repository, word);
    if (found.length > 0) {
      if (known.includes(word) && separated === undefined) {
        warnings.push(diagnostic("revision-is-environment", { word }));
      }
      revisions.push(...found);
    } else if (known.includes(word) && separated === undefined) environments.push(word);
    else if (separated === undefined && environments.length > 0 && !word.startsWith("-")) environments.push(word);
    else throw await unknownRevision(repository, word, separated === undefined ? known : []);
  }
  if (revisions.length > 2) {
    throw new PhalanxError(diagnostic("revisions-too-many", { count: revisions.length }));
  }
  return { revisions, environments: [...environments, ...words.slice(end)], warnings };
}

/** One revision; two for `A..B` and `A...B`; none. */
async function readWord(repository: Repository, word: string): Promise<Revision[]> {
  const single = await findRevision(repository, word);
  if (single) return [single];
  const [, left = "", dots, right = ""] = /^(.*?)(\.\.\.?)(.*)$/s.exec(word) ?? [];
  if (dots === undefined) return [];
  const [from, to] = await Promise.all([
    findRevision(repository, left || "HEAD"),
    findRevision(repository, right || "HEAD"),
  ]);
  if (from === undefined) throw await unknownRevision(repository, left);
  if (to === undefined) throw await unknownRevision(repository, right);
  return [dots === "..." ? await findMergeBase(repository, from, to) : from, to];
}
