import type { Use } from "../model/consumer.js";
import { usesOfPodSpec } from "../manifests/pod-spec.js";
import { momentOf, NODE_ERROR, SECOND } from "./clock.js";
import { at, listOf, textOf } from "../manifests/hostile.js";

export interface ContainerFacts {
  /** By its node's clock: when it last started; undefined while it waits. */
  readonly startedAt: number | undefined;
  /** A completed init container: it no longer reads anything. */
  readonly ended: boolean;
  /** Why it waits, in the kubelet's terms. */
  readonly waiting: string | undefined;
}

/** The object that created another one. */
export interface Owner {
  readonly kind: string;
  /** "" for the core group. */
  readonly group: string;
  readonly name: string;
}

/** What a pod says about its containers. Times are in milliseconds since 1970. */
export interface PodFacts {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly owner: Owner | undefined;
  /** By the cluster's clock. */
  readonly createdAt: number;
  /** By its node's clock: when the kubelet accepted it. */
  readonly takenAt: number | undefined;
  /** By the cluster's clock: when the kubelet last reported its containers. */
  readonly reportedAt: number | undefined;
  /** Milliseconds by which its node's clock may be behind the cluster's. */
  readonly behind: number;
  readonly ready: boolean;
  /** Why it is not scheduled. */
  readonly waiting: string | undefined;
  /** By name; without containers that have exited, except init containers, whose results remain. */
  readonly containers: ReadonlyMap<string, ContainerFacts>;
  readonly uses: readonly Use[];
}

/**
 * Conditions dated only by the kubelet. `Ready` is not one: if a node is lost, a controller of the cluster writes it.
 */
const KUBELETS: ReadonlySet<string> = new Set(["ContainersReady", "Initialized", "PodReadyToStartContainers"]);

/** Reads a pod; undefined if it is terminating or has ended. */
export function podFacts(object: unknown): PodFacts | undefined {
  const metadata = at(object, "metadata");
  const status = at(object, "status");
  if (at(metadata, "deletionTimestamp") !== undefined) return undefined;
  if (at(status, "phase") === "Succeeded" || at(status, "phase") === "Failed") return undefined;
  const containers = new Map([
    ...statuses(at(status, "initContainerStatuses"), true),
    ...statuses(at(status, "containerStatuses"), false),
    ...statuses(at(status, "ephemeralContainerStatuses"), false),
  ]);
  const conditions = listOf(at(status, "conditions"));
  const condition = (type: string): unknown => conditions.find((each) => at(each, "type") === type);
  const scheduled = condition("PodScheduled");
  const reportedAt = lastReport(metadata);
  return {
    uid: textOf(at(metadata, "uid")) ?? "",
    name: textOf(at(metadata, "name")) ?? "",
    namespace: textOf(at(metadata, "namespace")) ?? "",
    owner: controllerOf(metadata),
    // Without a timestamp, it counts as created before everything else.
    createdAt: momentOf(at(metadata, "creationTimestamp")) ?? 0,
    takenAt: momentOf(at(status, "startTime")),
    reportedAt,
    behind: mostBehind(reportedAt, status),
    ready: at(condition("Ready"), "status") === "True",
    waiting: at(scheduled, "status") === "False" ? textOf(at(scheduled, "reason")) : undefined,
    containers,
    uses: usesOfPodSpec(at(object, "spec")),
  };
}

export function controllerOf(metadata: unknown): Owner | undefined {
  const owner = listOf(at(metadata, "ownerReferences")).find((each) => at(each, "controller") === true);
  const [kind, name] = [textOf(at(owner, "kind")), textOf(at(owner, "name"))];
  if (kind === undefined || name === undefined) return undefined;
  const [group = "", version] = (textOf(at(owner, "apiVersion")) ?? "").split("/");
  return { kind, group: version === undefined ? "" : group, name };
}

function statuses(list: unknown, init: boolean): [string, ContainerFacts][] {
  return listOf(list).flatMap((each): [string, ContainerFacts][] => {
    const name = textOf(at(each, "name"));
    if (name === undefined) return [];
    const ended = momentOf(at(each, "state", "terminated", "startedAt"));
    if (ended !== undefined && !init) return [];
    return [
      [
        name,
        {
          startedAt: momentOf(at(each, "state", "running", "startedAt")) ?? ended,
          ended: ended !== undefined,
          waiting: textOf(at(each, "state", "waiting", "reason")),
        },
      ],
    ];
  });
}

function lastReport(metadata: unknown): number | undefined {
  const reports = listOf(at(metadata, "managedFields")).flatMap((entry) =>
    at(entry, "fieldsV1", "f:status", "f:containerStatuses") === undefined ? [] : (momentOf(at(entry, "time")) ?? []),
  );
  return reports.length === 0 ? undefined : Math.max(...reports);
}

/**
 * The newest timestamp in the kubelet's report, by its node's clock, cannot be later than the report itself, by the
 * cluster's clock; by as much as it is earlier, the node's clock may be behind.
 */
function mostBehind(reportedAt: number | undefined, status: unknown): number {
  const dates = [
    at(status, "startTime"),
    ...listOf(at(status, "conditions")).map((each) =>
      KUBELETS.has(textOf(at(each, "type")) ?? "") ? at(each, "lastTransitionTime") : undefined,
    ),
    ...listOf(at(status, "containerStatuses")).flatMap((each) => [
      at(each, "state", "running", "startedAt"),
      at(each, "state", "terminated", "finishedAt"),
    ]),
  ].flatMap((each) => momentOf(each) ?? []);
  if (reportedAt === undefined || dates.length === 0) return NODE_ERROR;
  return reportedAt + SECOND - Math.max(...dates);
}
