import type { ObjectName, Use } from "./consumer.js";
import type { TakenBack } from "./plan.js";

/** What a container holds of a secret: `old` is certain; `in-doubt` counts as old. */
export type Holding = "current" | "in-doubt" | "old";

/** Why; the texts are in `render/rollout-reason.ts`. Times are RFC 3339. */
export type HoldingReason =
  /** Its container started before the last change in Vault. */
  | { readonly kind: "started-before-change"; readonly startedAt: string }
  /** Its pod was created after the last write of the Secret. */
  | { readonly kind: "created-after-copy" }
  /** It was restarted in the same pod, long enough after that write. */
  | { readonly kind: "restarted-after-copy" }
  /** A mounted file that the kubelet has refreshed; whether the process has reread it is unknown. */
  | { readonly kind: "file-refreshed" }
  /** It is read at each image pull, and not held. */
  | { readonly kind: "read-at-pull" }
  /** Nothing of it is running; the next run reads the Secret again. */
  | { readonly kind: "nothing-runs" }
  /** The key is not in the Secret, or there is no Secret. */
  | { readonly kind: "not-copied" }
  /** The Secret differs from Vault. */
  | { readonly kind: "differs" }
  /** Vault has no readable value. */
  | { readonly kind: "not-in-vault" }
  /** The Secret may not be read, so it cannot be compared. */
  | { readonly kind: "secret-unreadable" }
  /** A template of the operator creates it. */
  | { readonly kind: "not-comparable" }
  /** The Secret has no write time. */
  | { readonly kind: "undated" }
  | { readonly kind: "created-before-copy" }
  /** In the same second as the write of the Secret: the order is unknown. */
  | { readonly kind: "created-with-copy" }
  /** It was restarted in the same pod so soon after the write that the kubelet may have provided the earlier value. */
  | { readonly kind: "restarted-too-soon" }
  | { readonly kind: "file-not-refreshed" }
  /** A mount with subPath, which the kubelet never refreshes. */
  | { readonly kind: "sub-path-before-copy" }
  /** It has not started; the reason is the kubelet's or the scheduler's. */
  | { readonly kind: "not-started"; readonly waiting: string };

/** What Vault holds of one secret. */
export type VaultCopy =
  | {
      readonly kind: "present";
      readonly version: number;
    }
  /** Its latest version is soft-deleted, or destroyed. */
  | { readonly kind: "deleted"; readonly version: number; readonly destroyed: boolean; readonly takenBack?: TakenBack }
  | { readonly kind: "absent" };

/** How a Secret in the cluster compares with Vault. */
export type ClusterCopy =
  /** `since`: its last write; undefined if unknown. */
  | { readonly kind: "same"; readonly since: string | undefined }
  | { readonly kind: "differs"; readonly keys: readonly string[] }
  /** Everything comparable is the same; these keys are not comparable. */
  | { readonly kind: "not-comparable"; readonly since: string | undefined; readonly keys: readonly string[] }
  | { readonly kind: "absent" | "unreadable" };

/** What blocks a workload's rollout. */
export type Stall =
  | { readonly kind: "paused" }
  /** Its pods are replaced only when someone deletes them. */
  | { readonly kind: "on-delete" }
  /** Not all pods have the current template. */
  | { readonly kind: "not-updated"; readonly updated: number; readonly desired: number }
  | { readonly kind: "not-observed" };

/** One reason, and the pods of a workload that it applies to. */
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
  /** How many of its pods count. */
  readonly pods: number;
  readonly reasons: readonly HeldBy[];
  readonly stalls: readonly Stall[];
  readonly uses: readonly Use[];
}

/** One Secret in the cluster that is copied from one of ours. */
export interface DeliveryStatus {
  readonly object: ObjectName;
  readonly secret: string;
  readonly copy: ClusterCopy;
  readonly workloads: readonly WorkloadStatus[];
}

/** One of our secrets, from Vault to its last container. */
export interface SecretStatus {
  readonly application: string;
  readonly vault: VaultCopy;
  /** The requested keys, with their last change. */
  readonly keys: readonly KeyChange[];
  /** Those that nothing in the cluster copies, if keys were asked for one by one, and something copies others. */
  readonly uncopiedKeys: readonly string[];
  readonly deliveries: readonly DeliveryStatus[];
}

/**
 * When a key last changed in Vault; RFC 3339. `exact` is false if KV's history does not reach back that far: then it
 * changed at that time or earlier.
 */
export interface KeyChange {
  readonly key: string;
  readonly at: string;
  readonly exact: boolean;
}

/** Something that could not be read, and the rights that would allow it. */
export interface Unseen {
  readonly verb: "get" | "list";
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name?: string;
}

/** The result of `rollout status`. */
export interface RolloutStatus {
  readonly environment: string;
  readonly cluster: ClusterName;
  /** When it was read, by the cluster's clock; RFC 3339. */
  readonly at: string;
  /** The requested scope: names, or a run; null for everything. */
  readonly scope: { readonly names: readonly string[] } | { readonly run: string } | null;
  readonly secrets: readonly SecretStatus[];
  readonly unseen: readonly Unseen[];
}

export interface ClusterName {
  /** From the kubeconfig; undefined inside a cluster. */
  readonly context: string | undefined;
  readonly server: string;
}

/**
 * Of which secrets nobody can tell who holds them, because nothing in the cluster copies them: whole applications, or
 * single keys as APP/KEY.
 */
export function uncopied({ secrets }: Pick<RolloutStatus, "secrets">): string[] {
  return secrets.flatMap((each) =>
    isNowhere(each) ? [each.application] : each.uncopiedKeys.map((key) => `${each.application}/${key}`),
  );
}

/** Whether nothing in the cluster copies any of an application. */
export function isNowhere(secret: SecretStatus): boolean {
  return secret.deliveries.length === 0 && secret.uncopiedKeys.length === 0 && !isGone(secret);
}

/** Whether Vault no longer has any of the keys that were asked about, or does not have them yet. */
export function isGone({ vault, keys, deliveries }: SecretStatus): boolean {
  return vault.kind === "present" && keys.length === 0 && deliveries.length === 0;
}

/**
 * Whether everything that holds a secret holds the value in Vault. Of what somebody asked about, it has to be known who
 * holds it; of a whole environment, some applications may not be deployed.
 */
export function isSettled(status: RolloutStatus): boolean {
  const { scope, secrets } = status;
  if (scope !== null && uncopied(status).length > 0) return false;
  // What a run has written may have been removed since; what somebody names should be there.
  if (scope !== null && "names" in scope && secrets.some(isGone)) return false;
  return secrets.every(({ deliveries }) =>
    deliveries.every(
      ({ copy, workloads }) =>
        (copy.kind === "same" || copy.kind === "not-comparable") &&
        workloads.every(({ holding }) => holding === "current"),
    ),
  );
}
