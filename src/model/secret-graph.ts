import type { Absence } from "./environment.js";
import type { ObjectName } from "./consumer.js";
import type { ConditionOutcome } from "./declaration.js";
import type { SecretRef, SecretNature } from "./secret.js";

/** One secret of an environment, or something that uses secrets. */
export interface GraphNode extends SecretRef {
  /** `APP/KEY`; for a consumer its kind, name and namespace. */
  readonly id: string;
  /** For a consumer: the object. */
  readonly consumer?: ObjectName;
  /** Undefined if the environment does not require it. */
  readonly nature: SecretNature | undefined;
  readonly absent: Absence | undefined;
  readonly conditions: readonly ConditionOutcome[];
  /** Whether it derives from itself in the end. */
  readonly onCycle: boolean;
}

/** How one secret derives from another one, or what uses it. */
export interface GraphEdge {
  readonly from: string;
  /** The derived secret. */
  readonly to: string;
  readonly kind: "copy" | "derivation" | "template" | "use";
  /** A rule whose condition is false has no effect. */
  readonly active: boolean;
  /** The path of the rule's condition. */
  readonly condition: string | undefined;
}

/** How the secrets of an environment derive from each other. Contains no value. */
export interface SecretGraph {
  readonly environment: string;
  /** By application, then key. */
  readonly nodes: readonly GraphNode[];
  /** By source, then by derived secret. */
  readonly edges: readonly GraphEdge[];
}

/**
 * A node's position in a drawing: its layer counts from the sources, its row from the top. Rows may be fractional
 * (halves).
 */
export interface GraphCell {
  readonly id: string;
  readonly layer: number;
  readonly row: number;
}

/** The position of every node in a drawing, and the number of layers and rows. */
export interface GraphLayout {
  readonly cells: readonly GraphCell[];
  readonly layers: number;
  readonly rows: number;
}
