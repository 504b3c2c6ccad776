import { largest } from "../model/largest.js";
import { layersOf } from "../model/layers.js";
import type { GraphCell, GraphLayout, SecretGraph } from "../model/secret-graph.js";
import { components } from "./components.js";

/** Lays a graph out in layers, sources first, one connected component below the other. Deterministic. */
export function layOut({ nodes, edges }: Pick<SecretGraph, "nodes" | "edges">): GraphLayout {
  const links = edges.filter(({ from, to }) => from !== to);
  const layer = layersOf(
    // So that a cut cycle is cut on the cycle, not behind it.
    [...nodes.filter(({ onCycle }) => onCycle), ...nodes.filter(({ onCycle }) => !onCycle)].map(({ id }) => id),
    links,
  );
  const neighbours = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { from, to } of links) {
    neighbours.get(from)?.push(to);
    neighbours.get(to)?.push(from);
  }
  const cells: GraphCell[] = [];
  let top = 0;
  for (const part of components([...neighbours.keys()], neighbours)) {
    const columns = orderColumns(part, layer, neighbours);
    const height = largest(columns, (column) => column.length);
    for (const [column, ids] of columns.entries()) {
      const offset = top + (height - ids.length) / 2;
      for (const [i, id] of ids.entries()) cells.push({ id, layer: column, row: offset + i });
    }
    top += height;
  }
  return {
    cells,
    layers: largest(layer.values(), (each) => each + 1),
    rows: top,
  };
}

/** The ids of each layer from top to bottom, each near the middle of its neighbours. */
function orderColumns(
  part: readonly string[],
  layer: ReadonlyMap<string, number>,
  neighbours: ReadonlyMap<string, readonly string[]>,
): string[][] {
  const columns: string[][] = [];
  for (const id of part) (columns[layer.get(id) ?? 0] ??= []).push(id);
  // A component may skip layers only where a cycle was cut.
  const filled = Array.from({ length: columns.length }, (_, i) => columns[i] ?? []);
  const position = new Map(part.map((id, i) => [id, i]));
  const settle = (column: string[]): void => {
    const middle = new Map(
      column.map((id) => {
        const places = (neighbours.get(id) ?? []).map((other) => position.get(other) ?? 0);
        return [id, places.length === 0 ? 0 : places.reduce((sum, place) => sum + place, 0) / places.length];
      }),
    );
    column.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
    for (const [i, id] of column.entries()) position.set(id, i);
  };
  for (const column of [...filled, ...filled.toReversed(), ...filled]) settle(column);
  return filled;
}
