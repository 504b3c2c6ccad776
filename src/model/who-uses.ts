import type { Consumer, Delivery, ObjectName, Use } from "./consumer.js";
import type { Absence } from "./environment.js";
import type { SecretRef } from "./secret.js";

/** Why a file of a chart was left out. */
export type LeftReason = "link-leads-out" | "not-regular" | "too-large" | "too-many" | "unreadable";

/** Something of which nobody knows here what it uses, and why; its words are in `render/consumer-gap.ts`. */
export type ConsumerGap =
  /** A chart that this one depends on and that is in no directory of the tree. */
  | { readonly kind: "remote-chart"; readonly application: string; readonly chart: string; readonly version: string }
  /** `message`: the first line of what helm said. */
  | { readonly kind: "chart-not-rendered"; readonly application: string; readonly message: string }
  | { readonly kind: "chart-elsewhere"; readonly application: string }
  | {
      readonly kind: "file-left-out";
      readonly application: string;
      readonly file: string;
      readonly reason: LeftReason;
    }
  /** Objects that a template describes in part only, or in no way that can be read. */
  | { readonly kind: "objects-untold"; readonly application: string; readonly count: number }
  /** What the Argo CD Applications say could not be had, so that charts were given what they are usually given. */
  | { readonly kind: "applications-not-rendered"; readonly message: string }
  /** Nothing is known: `message` says why. */
  | { readonly kind: "not-looked"; readonly message: string };

/** What one chart brings into the cluster, as far as it has to do with Secrets. */
export interface ChartObjects {
  readonly application: string;
  /** Where it is deployed. */
  readonly namespace: string;
  readonly deliveries: readonly Delivery[];
  readonly consumers: readonly Consumer[];
}

/** How it was found out: helm rendered the charts, or their templates were read. */
export type FoundBy = "helm" | "templates";

/** What the charts in question bring. */
export interface FoundObjects {
  readonly by: FoundBy;
  /** In the order of the environment's applications. */
  readonly charts: readonly ChartObjects[];
  /** Where each application of the environment is deployed, whether its chart was in question or not. */
  readonly namespaces: ReadonlyMap<string, string>;
  readonly gaps: readonly ConsumerGap[];
}

/** Something that uses a key. */
export interface KeyConsumer extends Pick<Consumer, "object" | "workload"> {
  /** Those by which it gets the key. */
  readonly uses: readonly Use[];
}

/** One Secret of Kubernetes in which a key of Vault is. */
export interface KeySecret {
  readonly secret: string;
  readonly namespace: string;
  readonly by: Delivery["by"];
  /** The object that has it made. */
  readonly object: ObjectName;
  /** Its data keys that hold the value; undefined where that cannot be told. */
  readonly dataKeys: readonly string[] | undefined;
  readonly consumers: readonly KeyConsumer[];
}

/** Who uses one key of Vault. */
export interface KeyUses extends SecretRef {
  readonly secrets: readonly KeySecret[];
}

/** A key that something reads and that the environment does not require. */
export interface MissingKey extends SecretRef {
  readonly absence: Absence;
  readonly secret: string;
  readonly namespace: string;
  /** Those that cannot do without it. */
  readonly consumers: readonly KeyConsumer[];
}

/** Who uses some keys of an environment. */
export interface WhoUses {
  readonly by: FoundBy;
  readonly keys: readonly KeyUses[];
  /** Of the applications of these keys, where their Secrets take over all keys of Vault. */
  readonly missing: readonly MissingKey[];
  readonly gaps: readonly ConsumerGap[];
}
