/** The connected components of a graph, each in input order. */
export function components(ids: readonly string[], neighbours: ReadonlyMap<string, readonly string[]>): string[][] {
  const part = new Map<string, number>();
  let parts = 0;
  for (const id of ids) {
    if (part.has(id)) continue;
    const reached = new Set([id]);
    // A Set iterates in insertion order, including items added during iteration.
    for (const each of reached) {
      part.set(each, parts);
      for (const other of neighbours.get(each) ?? []) reached.add(other);
    }
    parts += 1;
  }
  const result: string[][] = Array.from({ length: parts }, () => []);
  for (const id of ids) result[part.get(id) ?? 0]?.push(id);
  return result;
}
