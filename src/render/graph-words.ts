import type { GraphEdge, GraphNode } from "../model/secret-graph.js";
import { printable } from "./printable.js";

/** What a secret is; the edges show where it comes from. */
export function nodeText({ application, nature, absent, onCycle, consumer }: GraphNode): string {
  if (consumer !== undefined) return consumer.group === "" ? "core" : printable(consumer.group);
  if (absent === "application-not-enabled") return `NOT THERE: ${printable(application)} is not enabled`;
  if (absent === "condition-false") return "NOT THERE: its condition is false";
  if (absent === "undeclared" || nature === undefined) return "NOT THERE: no secrets.yaml declares it";
  const cycle = onCycle ? ", on a CYCLE" : "";
  return `${nature.kind === "generate" ? `generated (${nature.generator})` : nature.kind}${cycle}`;
}

/** How the two ends of an edge are related, as seen from the derived one. */
export function edgeText({ kind, active }: GraphEdge): string {
  const words = { copy: "a copy of", derivation: "made from", template: "made from", use: "uses" }[kind];
  return `${active ? "" : "not "}${words}`;
}

/** The same as seen from the source. */
export function reverseEdgeText({ kind, active }: GraphEdge): string {
  const words = { copy: "copied to", derivation: "made into", template: "part of", use: "used by" }[kind];
  return `${active ? "" : "not "}${words}`;
}

/** What determines a node's appearance. */
export function nodeKind({ nature, consumer }: GraphNode): string {
  return consumer === undefined ? (nature?.kind ?? "absent") : "consumer";
}

export function ruleIf({ condition, active }: GraphEdge): string {
  return condition === undefined ? "" : `[if ${printable(condition)}: ${active}] `;
}

/** The condition on which a secret is required, in short. */
export function requiredIf({ conditions }: GraphNode): string {
  const own = conditions.find(({ of }) => of === "secret");
  return own ? ` [if ${printable(own.path)}: ${own.holds}]` : "";
}
