import { nearest } from "../model/nearest.js";

/** The path most likely meant: one with a different start, or with one component spelt differently. */
export function nearestPath(path: string, known: Iterable<string>): string | undefined {
  const candidates = [...known];
  const moved = candidates
    .filter((other) => isEndOf(other, path) || isEndOf(path, other))
    .sort((a, b) => Math.abs(a.length - path.length) - Math.abs(b.length - path.length));
  if (moved[0] !== undefined) return moved[0];
  const components = path.split(".");
  const misspelt = candidates.flatMap((other) => {
    const others = other.split(".");
    const different = others.flatMap((component, i) => (component === components[i] ? [] : [i]));
    const [at = -1] = different;
    const isNear = nearest(components[at] ?? "", [others[at] ?? ""]) !== undefined;
    return others.length === components.length && different.length === 1 && isNear ? [other] : [];
  });
  return nearest(path, misspelt);
}

/** Whether a path of several components is the end of another one. */
function isEndOf(end: string, path: string): boolean {
  return end.includes(".") && path.endsWith(`.${end}`);
}
