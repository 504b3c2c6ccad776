import type { Use } from "../model/consumer.js";
import type { Holding, HoldingReason } from "../model/rollout.js";
import { FILE_REFRESH, KUBELET_CACHE, OFFSET_ERROR, SECOND } from "./clock.js";
import type { ContainerFacts, PodFacts } from "./pod-facts.js";

/** What is known of one key of a Secret. */
export interface KeyFacts {
  /**
   * By Vault's clock: since when Vault holds the value that it holds now, whatever it held before. Undefined where its
   * history does not go back so far, so that no container is old for sure.
   */
  readonly sinceInVault: number | undefined;
  readonly copy: "same" | "differs" | "absent" | "unreadable" | "not-comparable" | "not-in-vault";
}

/** What is known of the Secret, by the cluster's clock. */
export interface CopyFacts {
  /** When it was written for the last time. */
  readonly writtenAt: number | undefined;
  /** Pods that are known to have been created after that, whatever their dates say. */
  readonly createdAfter: (pod: PodFacts) => boolean;
}

export interface Clocks {
  /** Now, by the cluster's. */
  readonly now: number;
  /** What has to be added to a moment of the cluster's clock to have Vault's. */
  readonly vaultAhead: number;
}

export interface Judgement {
  readonly holding: Holding;
  readonly reason: HoldingReason;
}

/**
 * What one container holds of one key, by the rules of docs/explanation/rollout.md. What cannot be told is in doubt: `current`
 * takes a proof.
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
  // The kubelet refreshes a file, so that an old container may hold a new one; but not one that has ended.
  const isFile = isMounted && !container.ended;
  if (!isFile && key.sinceInVault !== undefined) {
    const latest = latestStart(container.startedAt, pod);
    // One that has started before its pod was there shows that its node's clock was put right since: it tells nothing.
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

/** Why nothing is current where the Secret is not known to hold what Vault holds. */
export const UNPROVEN = {
  absent: "not-copied",
  differs: "differs",
  unreadable: "secret-unreadable",
  "not-comparable": "not-comparable",
  "not-in-vault": "not-in-vault",
} as const satisfies Record<Exclude<KeyFacts["copy"], "same">, HoldingReason["kind"]>;

/**
 * The earliest moment, by the cluster's clock, at which a container can have started. The node's clock may be anywhere;
 * but how long after the kubelet took the pod it started is a difference of one clock, and the kubelet took it after it
 * had been created. What was put right between the two shows where the start would lie after its report.
 */
function earliestStart(startedAt: number, { createdAt, takenAt, reportedAt }: PodFacts): number {
  if (takenAt === undefined || reportedAt === undefined) return createdAt;
  return Math.min(reportedAt, createdAt + Math.max(0, startedAt - takenAt - SECOND));
}

/**
 * The latest such moment: the node's clock is not further behind than what the kubelet has reported shows.
 */
function latestStart(startedAt: number, { behind }: PodFacts): number {
  return startedAt + SECOND + behind;
}

function current(kind: "created-after-copy" | "file-refreshed" | "read-at-pull" | "restarted-after-copy"): Judgement {
  return { holding: "current", reason: { kind } };
}

function doubt(kind: Exclude<HoldingReason["kind"], "not-started" | "started-before-change">): Judgement {
  return { holding: "in-doubt", reason: { kind } };
}
