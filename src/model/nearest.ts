import { distance } from "fastest-levenshtein";

/** Nobody mistypes a longer one. */
const LONGEST = 253;

/** The candidate that somebody most likely meant, if one is close enough. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    // Each word that is compared takes the product of both lengths.
    if (word.length > LONGEST || Math.abs(word.length - candidate.length) >= bestDistance) continue;
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
}

/** `Did you mean X?`, or undefined. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const match = nearest(word, candidates);
  return match === undefined ? undefined : `Did you mean "${match}"?`;
}
