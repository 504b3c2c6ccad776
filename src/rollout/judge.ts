import type { Use } from "../model/consumer.js";
import type { Holding, HoldingReason } from "../model/rollout.js";
import { FILE_REFRESH, KUBELET_CACHE, OFFSET_ERROR, SECOND } from "./clock.js";
import type { ContainerFacts, PodFacts } from "./pod-facts.js";

/** The facts about one key of a Secret. */
export interface KeyFacts {
  /**
   * By Vault's clock: since when Vault has held its current value, whatever came before. Undefined if its history does
   * not reach back that far, so that no container is certainly old.
   */
  readonly sinceInVault: number | undefined;
  readonly copy: "same" | "differs" | "absent" | "unreadable" | "not-comparable" | "not-in-vault";
}

/** The facts about the Secret, by the cluster's clock. */
export interface CopyFacts {
  /** The time of its last write. */
  readonly writtenAt: number | undefined;
  /** Pods known to have been created after that, regardless of their timestamps. */
  readonly createdAfter: (pod: PodFacts) => boolean;
}

export interface Clocks {
  /** Now, by the cluster's clock. */
  readonly now: number;
  /** The offset to add to the cluster's clock to get Vault's. */
  readonly vaultAhead: number;
}

export interface Judgement {
  readonly holding: Holding;
  readonly reason: HoldingReason;
}

/**
 * What one container holds of one key, by the rules of docs/explanation/rollout.md. Anything uncertain is in doubt:
 * `current` requires proof.
 */
export function judge(
  key: KeyFacts,
  copy: CopyFacts,
  pod: PodFacts,
  container: ContainerFacts | undefined,
  use: Pick<Use, "kind">,
  clocks: Clocks,
): Judgement {
  if (use.kind === "image-pull") return key.copy === "same" ? current("read-at-pull") : doubt(UNPROVEN[key.copy]);
  if (container?.startedAt === undefined) {
    return { holding: "in-doubt", reason: { kind: "not-started", waiting: container?.waiting ?? pod.waiting ?? "" } };
  }
  const isMounted = use.kind === "volume" || use.kind === "projected";
  // The kubelet refreshes files, so an old container may hold a new one; but not a container that has ended.
  const isFile = isMounted && !container.ended;
  if (!isFile && key.sinceInVault !== undefined) {
    const latest = latestStart(container.startedAt, pod);
    // A start before the pod's creation shows that the node's clock was corrected since: it proves nothing.
    if (latest >= pod.createdAt && latest + clocks.vaultAhead + OFFSET_ERROR < key.sinceInVault) {
      return {
        holding: "old",
        reason: { kind: "started-before-change", startedAt: new Date(container.startedAt).toISOString() },
      };
    }
  }
  if (key.copy !== "same") return doubt(UNPROVEN[key.copy]);
  const { writtenAt } = copy;
  if (copy.createdAfter(pod)) return current("created-after-copy");
  if (writtenAt === undefined) return doubt("undated");
  if (pod.createdAt > writtenAt) return current("created-after-copy");
  if (isFile) {
    const refreshed = pod.ready && clocks.now - (writtenAt + SECOND) >= FILE_REFRESH;
    return refreshed ? current("file-refreshed") : doubt("file-not-refreshed");
  }
  const started = earliestStart(container.startedAt, pod);
  if (started >= writtenAt + SECOND + (isMounted ? FILE_REFRESH : KUBELET_CACHE))
    return current("restarted-after-copy");
  if (pod.createdAt === writtenAt) return doubt("created-with-copy");
  if (use.kind === "sub-path") return doubt("sub-path-before-copy");
  return doubt(started >= writtenAt + SECOND ? "restarted-too-soon" : "created-before-copy");
}

/** Why nothing is current unless the Secret is known to hold Vault's value. */
export const UNPROVEN = {
  absent: "not-copied",
  differs: "differs",
  unreadable: "secret-unreadable",
  "not-comparable": "not-comparable",
  "not-in-vault": "not-in-vault",
} as const satisfies Record<Exclude<KeyFacts["copy"], "same">, HoldingReason["kind"]>;

/**
 * The earliest moment, by the cluster's clock, at which a container can have started. The node's clock may be
 * arbitrarily wrong; but the time from the kubelet accepting the pod to the start is a difference on one clock, and the
 * kubelet accepted the pod after its creation. A clock correction in between shows if the start would be later than its
 * report.
 */
function earliestStart(startedAt: number, { createdAt, takenAt, reportedAt }: PodFacts): number {
  if (takenAt === undefined || reportedAt === undefined) return createdAt;
  return Math.min(reportedAt, createdAt + Math.max(0, startedAt - takenAt - SECOND));
}

/** The latest such moment: the node's clock is at most as far behind as the kubelet's reports show. */
function latestStart(startedAt: number, { behind }: PodFacts): number {
  return startedAt + SECOND + behind;
}

function current(kind: "created-after-copy" | "file-refreshed" | "read-at-pull" | "restarted-after-copy"): Judgement {
  return { holding: "current", reason: { kind } };
}

function doubt(kind: Exclude<HoldingReason["kind"], "not-started" | "started-before-change">): Judgement {
  return { holding: "in-doubt", reason: { kind } };
}
