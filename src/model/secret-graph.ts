import type { Absence } from "./environment.js";
import type { ObjectName } from "./consumer.js";
import type { ConditionOutcome } from "./declaration.js";
import type { SecretRef, SecretNature } from "./secret.js";

/** One secret of an environment, or something that uses secrets. */
export interface GraphNode extends SecretRef {
  /** `APP/KEY`; of what uses secrets its kind, name and namespace. */
  readonly id: string;
  /** Of what uses secrets: what it is. */
  readonly consumer?: ObjectName;
  /** Undefined if the environment does not require it. */
  readonly nature: SecretNature | undefined;
  readonly absent: Absence | undefined;
  readonly conditions: readonly ConditionOutcome[];
  /** Whether it comes from itself in the end. */
  readonly onCycle: boolean;
}

/** How one secret comes from another one, or what uses it. */
export interface GraphEdge {
  /** The source. */
  readonly from: string;
  /** What is made from it. */
  readonly to: string;
  readonly kind: "copy" | "derivation" | "template" | "use";
  /** A rule whose condition is false makes nothing. */
  readonly active: boolean;
  /** The path of the rule's condition. */
  readonly condition: string | undefined;
}

/** How the secrets of an environment come from each other. It holds no value. */
export interface SecretGraph {
  readonly environment: string;
  /** By application, then key. */
  readonly nodes: readonly GraphNode[];
  /** By source, then what is made from it. */
  readonly edges: readonly GraphEdge[];
}

/** Where a node of a drawing stands: its layer counts from the sources, its row from the top. Rows may be halves. */
export interface GraphCell {
  readonly id: string;
  readonly layer: number;
  readonly row: number;
}

/** Where every node of a drawing stands, and how many layers and rows that takes. */
export interface GraphLayout {
  readonly cells: readonly GraphCell[];
  readonly layers: number;
  readonly rows: number;
}
