import { largest } from "../../../model/largest.js";
import { count } from "../../count.js";
import type { FleetEnvironment } from "../../../model/fleet-report.js";
import { h, onActivate, svg } from "./dom.js";
import { type Graph, type GraphNode, graphOf } from "./graph-model.js";
import { LOOKS } from "./words.js";

const WIDTH = 168;
const HEIGHT = 38;
const GAP_X = 44;
const GAP_Y = 12;
const FITS = 24;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The dependency graph around an application as a small drawing, sources on the left. */
export function drawGraph(environment: FleetEnvironment, application: string, open: (name: string) => void): Node {
  const graph = graphOf(environment, application);
  if (graph.edges.length === 0) return h("p", { class: "quiet" }, "Nothing is copied or made from other secrets here.");
  const places = placesOf(graph);
  const width = largest(places.values(), ({ x }) => x) + WIDTH + 2;
  const height = largest(places.values(), ({ y }) => y) + HEIGHT + 2;
  const copies = graph.edges.filter(({ kind }) => kind === "copy").length;
  const label = `Dependencies of ${application}: ${count(copies, "copy", "copies")}, ${graph.edges.length - copies} made from others`;
  return svg(
    "svg",
    { class: "graph", viewBox: `-1 -1 ${width} ${height}`, width, height, role: "group", "aria-label": label },
    ...graph.edges.map(({ from, to, kind }) => edge(places.get(from), places.get(to), kind)),
    ...graph.nodes.map((node) => drawNode(node, places.get(node.id), node.application === application, open)),
  );
}

function placesOf({ nodes }: Graph): ReadonlyMap<string, Place> {
  const columns = new Map<number, GraphNode[]>();
  for (const node of nodes) columns.set(node.layer, [...(columns.get(node.layer) ?? []), node]);
  const tallest = largest(columns.values(), (column) => column.length);
  const step = HEIGHT + GAP_Y;
  return new Map(
    [...columns].flatMap(([layer, column]) =>
      column.map((node, i): [string, Place] => {
        const top = ((tallest - column.length) * step) / 2;
        return [node.id, { x: layer * (WIDTH + GAP_X), y: top + i * step }];
      }),
    ),
  );
}

function edge(from: Place | undefined, to: Place | undefined, kind: string): SVGElement {
  const [x1, y1] = [(from?.x ?? 0) + WIDTH, (from?.y ?? 0) + HEIGHT / 2];
  const [x2, y2] = [to?.x ?? 0, (to?.y ?? 0) + HEIGHT / 2];
  const bend = Math.max(18, (x2 - x1) / 2);
  return svg(
    "g",
    { class: `edge ${kind}` },
    svg("path", { d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 5} ${y2}` }),
    svg("path", { class: "tip", d: `M${x2 - 7} ${y2 - 4}L${x2} ${y2}L${x2 - 7} ${y2 + 4}Z` }),
  );
}

function drawNode(node: GraphNode, place: Place | undefined, own: boolean, open: (name: string) => void): SVGElement {
  const { application, key, state } = node;
  const word = state === undefined ? "not required" : LOOKS[state].word;
  const symbol = state === undefined ? "✕" : LOOKS[state].symbol;
  const reachable = !own && state !== undefined;
  const group = svg(
    "g",
    {
      class: `node ${state ?? "unresolved"}${own ? " own" : ""}`,
      transform: `translate(${place?.x ?? 0} ${place?.y ?? 0})`,
      role: reachable ? "button" : "img",
      tabindex: reachable ? 0 : undefined,
    },
    svg("title", {}, `${application}/${key}: ${word}${reachable ? ", open its application" : ""}`),
    svg("rect", { width: WIDTH, height: HEIGHT, rx: 7 }),
    // The drawn text may be shortened; the title has it in full.
    svg(
      "g",
      { "aria-hidden": "true" },
      svg("text", { x: 10, y: 15, class: "application" }, shorten(application)),
      svg("text", { x: 10, y: 29 }, shorten(key)),
      svg("text", { x: WIDTH - 16, y: 23, class: "symbol" }, symbol),
    ),
  );
  if (reachable) onActivate(group, () => open(application));
  return group;
}

function shorten(text: string): string {
  return text.length <= FITS ? text : `${text.slice(0, FITS - 1)}…`;
}
