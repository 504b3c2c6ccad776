import { distance } from "fastest-levenshtein";

/** Nobody mistypes a longer one. */
const LONGEST = 253;

/** The candidate that was most likely meant, if one is close enough. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  return allNearest(word, candidates)[0];
}

/** All equally close candidates. */
export function allNearest(word: string, candidates: Iterable<string>): readonly string[] {
  let best: string[] = [];
  let bestDistance = Math.max(2, Math.floor(word.length / 3));
  for (const candidate of new Set(candidates)) {
    // Each comparison takes time proportional to the product of both lengths.
    if (word.length > LONGEST || Math.abs(word.length - candidate.length) > bestDistance) continue;
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d > bestDistance) continue;
    if (d < bestDistance) best = [];
    best.push(candidate);
    bestDistance = d;
  }
  return best;
}

/**
 * The candidate that a name is almost certainly a typo of: a different case, or one or two letters changed or swapped.
 * Stricter than `nearest`, for names not known to be wrong; a different number is a different name.
 *
 * @param most How many letters may differ; by default as many as a candidate's length allows.
 */
export function slipOf(word: string, candidates: Iterable<string>, most?: number): string | undefined {
  const plain = plainly(word);
  const letters = sortedLetters(plain);
  return [...candidates].find((candidate) => {
    const other = plainly(candidate);
    const limit = most ?? (other.length > 5 ? 2 : 1);
    if (candidate === word || plain.length > LONGEST || Math.abs(other.length - plain.length) > limit) return false;
    if (other.replaceAll(/\D/g, "") !== plain.replaceAll(/\D/g, "")) return false;
    return sortedLetters(other) === letters || distance(plain, other) <= limit;
  });
}

function plainly(word: string): string {
  return word.toLowerCase().replaceAll(/[-_.]/g, "").replace(/^1/, "one");
}

/**
 * The file name that was most likely meant: a typo, or an extension too few or too many. Nothing further off: the next
 * best name would be the file of another environment.
 */
export function meantName(name: string, names: readonly string[]): string | undefined {
  const begins = (other: string): boolean => other.startsWith(`${name}.`) || name.startsWith(`${other}.`);
  return slipOf(name, names) ?? names.toSorted().find(begins);
}

function sortedLetters(word: string): string {
  return Array.from(word).sort().join("");
}

/** The candidate that differs only in case or whitespace, which look alike on a screen. */
export function lookalike(word: string, candidates: Iterable<string>): string | undefined {
  const plain = asSeen(word);
  return [...candidates].find((candidate) => candidate !== word && asSeen(candidate) === plain);
}

function asSeen(text: string): string {
  return text.normalize("NFKC").replaceAll(/\s/g, "").toLowerCase();
}

/** `Did you mean X?`, or undefined. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const match = nearest(word, candidates);
  return match === undefined ? undefined : `Did you mean "${match}"?`;
}
