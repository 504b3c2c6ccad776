interface Link {
  readonly from: string;
  readonly to: string;
}

/**
 * Each id's layer: one more than the highest of its sources. If a cycle leaves no id to start with, the first one is
 * cut.
 */
export function layersOf(ids: readonly string[], links: readonly Link[]): Map<string, number> {
  const layer = new Map<string, number>();
  const waiting = new Map(ids.map((id) => [id, 0]));
  const targets = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of links) {
    waiting.set(to, (waiting.get(to) ?? 0) + 1);
    targets.get(from)?.push(to);
  }
  const height = new Map<string, number>();
  const ready = ids.filter((id) => waiting.get(id) === 0);
  let cut = 0;
  while (layer.size < ids.length) {
    let id = ready.pop();
    while (id === undefined && cut < ids.length) {
      const candidate = ids[cut++];
      if (candidate !== undefined && !layer.has(candidate)) id = candidate;
    }
    if (id === undefined) break;
    if (layer.has(id)) continue;
    const own = height.get(id) ?? 0;
    layer.set(id, own);
    for (const target of targets.get(id) ?? []) {
      height.set(target, Math.max(height.get(target) ?? 0, own + 1));
      waiting.set(target, (waiting.get(target) ?? 0) - 1);
      if (waiting.get(target) === 0) ready.push(target);
    }
  }
  return layer;
}
