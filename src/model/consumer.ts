/** The name of a Kubernetes object. */
export interface ObjectName {
  readonly kind: string;
  /** "" for the core group. */
  readonly group: string;
  readonly namespace: string;
  readonly name: string;
}

/** Names an object among those of a cluster. */
export function objectId({ kind, group, namespace, name }: ObjectName): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** Kinds of the group `apps` whose pods `kubectl rollout restart` replaces. */
export const RESTARTABLE: ReadonlySet<string> = new Set(["DaemonSet", "Deployment", "StatefulSet"]);

/** A custom resource that copies from Vault into one Kubernetes Secret. */
export interface Delivery {
  readonly by: "ExternalSecret" | "VaultSecret" | "VaultStaticSecret";
  readonly object: ObjectName;
  /** The Secret that it writes, in its own namespace. */
  readonly secret: string;
  readonly parts: readonly DeliveryPart[];
}

/**
 * `path` is the path in Vault: with the mount first for VaultSecret and VaultStaticSecret; for an ExternalSecret with
 * or without the mount of its store.
 */
export type DeliveryPart =
  /** Keys under their own names: all, or those in `only`, without `except`. `base64`: each is decoded first. */
  | {
      readonly kind: "keys";
      readonly path: string;
      readonly only?: readonly string[];
      readonly except?: readonly string[];
      readonly base64?: true;
    }
  /** One key under a different name. */
  | {
      readonly kind: "key";
      readonly path: string;
      readonly key: string;
      readonly as: string;
      readonly base64?: true;
    }
  /**
   * Made by a template: from the keys that it names, or, if those are unknown, from any. `as`: undefined if unknown.
   */
  | {
      readonly kind: "made";
      readonly path: string;
      readonly as: string | undefined;
      readonly from: readonly string[] | undefined;
    };

/** How a consumer uses a Secret. */
export type UseKind = "env" | "env-from" | "volume" | "projected" | "sub-path" | "image-pull" | "field";

export interface Use {
  /** The Kubernetes Secret, in the consumer's namespace. */
  readonly secret: string;
  /** Its data keys; "all" if there is no restriction. */
  readonly keys: readonly string[] | "all";
  readonly kind: UseKind;
  /** For workloads: the container, and whether it is an init container. Absent for image-pull. */
  readonly container?: string;
  readonly init?: true;
  /** For env: the variable. */
  readonly variable?: string;
  /** For field: its path, as in `spec.acme.solvers[0].dns01`. */
  readonly field?: string;
  readonly optional?: true;
}

/** Something that uses Secrets: a workload (has a pod template), or any other object that names one. */
export interface Consumer {
  readonly object: ObjectName;
  /** Whether it has a pod template (or is a pod). */
  readonly workload: boolean;
  readonly uses: readonly Use[];
}
