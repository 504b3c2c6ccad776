import type { Consumer, Delivery, ObjectName, Use } from "./consumer.js";
import type { Absence } from "./environment.js";
import type { SecretRef } from "./secret.js";

/** Why a chart's file was skipped. */
export type LeftReason = "link-leads-out" | "not-regular" | "too-large" | "too-many" | "unreadable";

/** Something whose uses are unknown, and why; the texts are in `render/consumer-gap.ts`. */
export type ConsumerGap =
  /** A dependency of a chart that is not in any directory of the tree. */
  | { readonly kind: "remote-chart"; readonly application: string; readonly chart: string; readonly version: string }
  /** `message`: the first line of helm's error output. */
  | { readonly kind: "chart-not-rendered"; readonly application: string; readonly message: string }
  | { readonly kind: "chart-elsewhere"; readonly application: string }
  | {
      readonly kind: "file-left-out";
      readonly application: string;
      readonly file: string;
      readonly reason: LeftReason;
    }
  /** Objects that a template describes only in part, or not readably. */
  | { readonly kind: "objects-untold"; readonly application: string; readonly count: number }
  /** The Argo CD Applications could not be rendered, so charts were deployed by convention. */
  | { readonly kind: "applications-not-rendered"; readonly message: string }
  /** Nothing is known; `message` says why. */
  | { readonly kind: "not-looked"; readonly message: string };

/** A chart's objects that have to do with Secrets. */
export interface ChartObjects {
  readonly application: string;
  /** Where it is deployed. */
  readonly namespace: string;
  readonly deliveries: readonly Delivery[];
  readonly consumers: readonly Consumer[];
}

/** How it was found: helm rendered the charts, or their templates were read. */
export type FoundBy = "helm" | "templates";

/** The objects of the charts in question. */
export interface FoundObjects {
  readonly by: FoundBy;
  /** In the order of the environment's applications. */
  readonly charts: readonly ChartObjects[];
  /** The namespace of each application of the environment, whether or not its chart was in question. */
  readonly namespaces: ReadonlyMap<string, string>;
  readonly gaps: readonly ConsumerGap[];
}

export interface KeyConsumer extends Pick<Consumer, "object" | "workload"> {
  /** The uses that give it the key. */
  readonly uses: readonly Use[];
}

/** One Kubernetes Secret that contains a key of Vault. */
export interface KeySecret {
  readonly secret: string;
  readonly namespace: string;
  readonly by: Delivery["by"];
  readonly object: ObjectName;
  /** Its data keys with the value; undefined if unknown. */
  readonly dataKeys: readonly string[] | undefined;
  readonly consumers: readonly KeyConsumer[];
}

/** Who uses one key of Vault. */
export interface KeyUses extends SecretRef {
  readonly secrets: readonly KeySecret[];
}

/** A key that something reads but the environment does not require. */
export interface MissingKey extends SecretRef {
  readonly absence: Absence;
  readonly secret: string;
  readonly namespace: string;
  /** The consumers that cannot do without it. */
  readonly consumers: readonly KeyConsumer[];
}

/** Who uses some keys of an environment. */
export interface WhoUses {
  readonly by: FoundBy;
  readonly keys: readonly KeyUses[];
  /** For the applications of these keys, if their Secrets take over all keys of Vault. */
  readonly missing: readonly MissingKey[];
  readonly gaps: readonly ConsumerGap[];
}
