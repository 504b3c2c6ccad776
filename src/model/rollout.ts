import type { ObjectName, Use } from "./consumer.js";

/** What a container holds of a secret: `old` is certain; `in-doubt` counts as old. */
export type Holding = "current" | "in-doubt" | "old";

/** Why; its words are in `render/rollout-reason.ts`. Times are RFC 3339. */
export type HoldingReason =
  /** Its container has started before Vault's last change. */
  | { readonly kind: "started-before-change"; readonly startedAt: string }
  /** Its pod was created after the Secret had been written for the last time. */
  | { readonly kind: "created-after-copy" }
  /** It was started again in the same pod, long enough after that. */
  | { readonly kind: "restarted-after-copy" }
  /** A mounted file that the kubelet has refreshed; whether the process has read it again is unknown. */
  | { readonly kind: "file-refreshed" }
  /** It is read whenever an image is pulled, and not held. */
  | { readonly kind: "read-at-pull" }
  /** Nothing of it runs now: what runs next reads the Secret anew. */
  | { readonly kind: "nothing-runs" }
  /** The key is not in the Secret, or there is no Secret. */
  | { readonly kind: "not-copied" }
  /** The Secret holds something else than Vault. */
  | { readonly kind: "differs" }
  /** Vault has no value that can be read. */
  | { readonly kind: "not-in-vault" }
  /** The Secret may not be read, so that nobody can compare. */
  | { readonly kind: "secret-unreadable" }
  /** A template of the operator makes it. */
  | { readonly kind: "not-comparable" }
  /** The Secret does not say when it was written. */
  | { readonly kind: "undated" }
  | { readonly kind: "created-before-copy" }
  /** Within the second in which the Secret was written: before or after cannot be told. */
  | { readonly kind: "created-with-copy" }
  /** It was started again in the same pod, so soon after that that the kubelet may have given it the earlier value. */
  | { readonly kind: "restarted-too-soon" }
  | { readonly kind: "file-not-refreshed" }
  /** A mount with subPath, which the kubelet never refreshes. */
  | { readonly kind: "sub-path-before-copy" }
  /** It has not started; the kubelet's or the scheduler's reason. */
  | { readonly kind: "not-started"; readonly waiting: string };

/** What Vault holds of one secret. */
export type VaultCopy =
  | {
      readonly kind: "present";
      readonly version: number;
    }
  | { readonly kind: "absent" | "deleted" };

/** How a Secret of the cluster stands to Vault. */
export type ClusterCopy =
  /** `since`: when it was written for the last time; undefined where it does not say. */
  | { readonly kind: "same"; readonly since: string | undefined }
  | { readonly kind: "differs"; readonly keys: readonly string[] }
  /** All that can be compared is the same; these cannot. */
  | { readonly kind: "not-comparable"; readonly since: string | undefined; readonly keys: readonly string[] }
  | { readonly kind: "absent" | "unreadable" };

/** What holds a workload's rollout up. */
export type Stall =
  | { readonly kind: "paused" }
  /** Its pods are only replaced once somebody deletes them. */
  | { readonly kind: "on-delete" }
  /** Not all pods are of the present template. */
  | { readonly kind: "not-updated"; readonly updated: number; readonly desired: number }
  | { readonly kind: "not-observed" };

/** One reason, for the pods of a workload that it holds for. */
export interface HeldBy {
  readonly holding: Holding;
  readonly reason: HoldingReason;
  /** Keys of the Secret. */
  readonly keys: readonly string[];
  readonly pods: number;
}

/** What the pods of one workload hold of one secret. */
export interface WorkloadStatus {
  readonly object: ObjectName;
  readonly holding: Holding;
  /** How many pods that count it has. */
  readonly pods: number;
  readonly reasons: readonly HeldBy[];
  readonly stalls: readonly Stall[];
  readonly uses: readonly Use[];
}

/** One Secret of the cluster that is copied from one of ours. */
export interface DeliveryStatus {
  /** What copies it. */
  readonly object: ObjectName;
  readonly secret: string;
  readonly copy: ClusterCopy;
  readonly workloads: readonly WorkloadStatus[];
}

/** One of our secrets, from Vault to its last container. */
export interface SecretStatus {
  readonly application: string;
  readonly vault: VaultCopy;
  /** The keys that were asked about, with their last change. */
  readonly keys: readonly KeyChange[];
  readonly deliveries: readonly DeliveryStatus[];
}

/** When a key last changed in Vault; RFC 3339. `exact` is false where KV's history does not go back so far: then it was at that time or before. */
export interface KeyChange {
  readonly key: string;
  readonly at: string;
  readonly exact: boolean;
}

/** Something that could not be looked at, with what would have to be allowed. */
export interface Unseen {
  readonly verb: "get" | "list";
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name?: string;
}

/** What `rollout status` has found. */
export interface RolloutStatus {
  readonly environment: string;
  readonly cluster: ClusterName;
  /** When it was looked, by the clock of the cluster; RFC 3339. */
  readonly at: string;
  /** What it was asked about: names, or a run; null if about everything. */
  readonly scope: { readonly names: readonly string[] } | { readonly run: string } | null;
  readonly secrets: readonly SecretStatus[];
  readonly unseen: readonly Unseen[];
}

export interface ClusterName {
  /** Of the kubeconfig; undefined within a cluster. */
  readonly context: string | undefined;
  readonly server: string;
}

/** Whether everything that holds a secret holds what Vault does. */
export function isSettled({ secrets }: RolloutStatus): boolean {
  return secrets.every(({ deliveries }) =>
    deliveries.every(
      ({ copy, workloads }) =>
        (copy.kind === "same" || copy.kind === "not-comparable") &&
        workloads.every(({ holding }) => holding === "current"),
    ),
  );
}
