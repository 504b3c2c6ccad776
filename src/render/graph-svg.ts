import { placeText } from "./place.js";
import { largest } from "../model/largest.js";
import type { GraphEdge, GraphLayout, GraphNode, SecretGraph } from "../model/secret-graph.js";
import { nodeKind, nodeText, requiredIf, reverseEdgeText, ruleIf } from "./graph-words.js";
import { SVG_STYLE } from "./graph-svg-style.js";
import { printable } from "./printable.js";

const MARGIN = 24;
const HEAD = 48;
const LEGEND = 40;
const ROW = 56;
const BOX = 42;
const GAP = 96;
const MAX_CHARACTERS = 46;
/** Generous, since the font is unknown. */
const CHARACTER = 7.2;
const MIN_WIDTH = 640;

interface Box {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A graph as one self-contained drawing. */
export function renderGraphSvg(graph: SecretGraph, layout: GraphLayout): string {
  const boxes = placeBoxes(graph, layout);
  const all = [...boxes.values()];
  const width = largest(all, (box) => box.x + box.width + MARGIN, MIN_WIDTH);
  const height = HEAD + Math.max(layout.rows, 1) * ROW + LEGEND;
  const title = `Secrets of ${graph.environment}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">\n`,
    `<title>${escaped(title)}</title>\n<style>${SVG_STYLE}</style>\n`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>\n',
    `<rect class="page" width="${width}" height="${height}"/>\n`,
    `<text class="title" x="${MARGIN}" y="30">${escaped(title)}</text>\n`,
    ...graph.edges.map((edge) => edgePath(edge, boxes)),
    ...all.map(boxGroup),
    all.length === 0
      ? `<text x="${MARGIN}" y="${HEAD + 20}">No secret here is copied or made from another.</text>\n`
      : "",
    legend(height - 16),
    "</svg>\n",
  ].join("");
}

function placeBoxes({ nodes }: SecretGraph, { cells, layers }: GraphLayout): Map<string, Box> {
  const cellOf = new Map(cells.map((cell) => [cell.id, cell]));
  const widths = Array.from({ length: layers }, () => 120);
  for (const node of nodes) {
    const layer = cellOf.get(node.id)?.layer ?? 0;
    const longest = Math.max(shortened(node.id).length, shortened(whatText(node)).length * 0.92);
    widths[layer] = Math.max(widths[layer] ?? 0, Math.ceil(longest * CHARACTER) + 28);
  }
  const lefts = widths.map((_, layer) => widths.slice(0, layer).reduce((sum, width) => sum + width + GAP, MARGIN));
  return new Map(
    nodes.map((node): [string, Box] => {
      const { layer, row } = cellOf.get(node.id) ?? { layer: 0, row: 0 };
      return [node.id, { node, x: lefts[layer] ?? MARGIN, y: HEAD + row * ROW, width: widths[layer] ?? 0 }];
    }),
  );
}

function whatText(node: GraphNode): string {
  return nodeText(node) + requiredIf(node);
}

function boxGroup({ node, x, y, width }: Box): string {
  const name = `node ${nodeKind(node)}${node.onCycle ? " cycle" : ""}`;
  return `<g class="${name}"><title>${escaped(tooltip(node))}</title><rect x="${x}" y="${y}" width="${width}" height="${BOX}" rx="6"/><rect class="bar" x="${x}" y="${y + 8}" width="4" height="${BOX - 16}"/><text x="${x + 14}" y="${y + 17}">${escaped(shortened(node.id))}</text><text class="what" x="${x + 14}" y="${y + 33}">${escaped(shortened(whatText(node)))}</text></g>\n`;
}

function tooltip(node: GraphNode): string {
  const conditions = node.conditions.map(
    ({ of, path, holds, decidedBy }) =>
      `${of === "secret" ? "" : `${of} `}if ${path}: ${holds} (${decidedBy ? placeText(decidedBy) : "set nowhere"})`,
  );
  return [node.id, nodeText(node), ...conditions].join("; ");
}

function edgePath(edge: GraphEdge, boxes: ReadonlyMap<string, Box>): string {
  const [from, to] = [boxes.get(edge.from), boxes.get(edge.to)];
  if (from === undefined || to === undefined) return "";
  const look = `edge ${edge.kind === "template" ? "part" : edge.kind}${edge.active ? "" : " idle"}`;
  const title = `${ruleIf(edge)}${edge.from} ${reverseEdgeText(edge)} ${edge.to}`;
  return `<path class="${look}" d="${curve(from, to)}"><title>${escaped(title)}</title></path>\n`;
}

function curve(from: Box, to: Box): string {
  if (to.x <= from.x) {
    // Back to a source: part of a cycle.
    const [x1, y1, x2, y2] = [from.x + from.width / 2, from.y + BOX, to.x + to.width / 2, to.y + BOX];
    return `M${x1} ${y1}C${x1} ${y1 + 24} ${x2} ${y2 + 24} ${x2} ${y2}`;
  }
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + BOX / 2, to.x, to.y + BOX / 2];
  const bend = (x2 - x1) / 2;
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

function legend(y: number): string {
  const lines = [
    ["copy", "copied to"],
    ["derivation", "made into"],
    ["part", "part of a template"],
    ["idle", "its condition is false"],
  ];
  return lines
    .map(([look, text], i) => {
      const x = MARGIN + i * 150;
      return `<path class="edge ${look}" d="M${x} ${y - 4}H${x + 28}"/><text class="legend" x="${x + 36}" y="${y}">${text}</text>\n`;
    })
    .join("");
}

function shortened(text: string): string {
  const characters = Array.from(printable(text));
  return characters.length <= MAX_CHARACTERS
    ? characters.join("")
    : `${characters.slice(0, MAX_CHARACTERS - 1).join("")}…`;
}

function escaped(text: string): string {
  return (
    printable(text)
      .replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
      // Not allowed in any XML document.
      .replaceAll(/[\uFFFE\uFFFF]/g, "\uFFFD")
  );
}
