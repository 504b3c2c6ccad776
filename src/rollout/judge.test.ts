import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECOND } from "./clock.js";
import { type KeyFacts, judge } from "./judge.js";
import { type PodFacts, podFacts } from "./pod-facts.js";

/** Kubernetes truncates its times to the second. */
const cut = (moment: number): string => new Date(Math.floor(moment / SECOND) * SECOND).toISOString();

/**
 * A pod as a cluster would show it. Moments are true ones; its node's clock is `ahead`, and was corrected by `step`
 * between the kubelet accepting the pod and its container starting.
 */
function podOf(world: {
  readonly created: number;
  readonly taken: number;
  readonly started: number;
  readonly ahead: number;
  readonly step?: number;
  /** When the node controller marked it as not ready. */
  readonly lost?: number;
}): PodFacts {
  const { created, taken, started, ahead, step = 0, lost } = world;
  const found = podFacts({
    metadata: {
      uid: "1",
      name: "portal-1",
      namespace: "portal",
      creationTimestamp: cut(created),
      managedFields: [
        { manager: "kubelet", time: cut(started + 300), fieldsV1: { "f:status": { "f:containerStatuses": {} } } },
      ],
    },
    spec: {
      containers: [{ name: "portal", env: [{ name: "A", valueFrom: { secretKeyRef: { name: "portal", key: "a" } } }] }],
    },
    status: {
      phase: "Running",
      startTime: cut(taken + ahead - step),
      conditions: [
        { type: "ContainersReady", status: "True", lastTransitionTime: cut(started + ahead) },
        lost === undefined
          ? { type: "Ready", status: "True", lastTransitionTime: cut(started + ahead) }
          : { type: "Ready", status: "False", lastTransitionTime: cut(lost) },
      ],
      containerStatuses: [{ name: "portal", state: { running: { startedAt: cut(started + ahead) } } }],
    },
  });
  if (found === undefined) throw new Error("the pod counts");
  return found;
}

function holdingOf(
  pod: PodFacts,
  {
    key,
    writtenAt,
    now,
    vaultAhead = 0,
    kind = "env" as const,
  }: {
    readonly key: KeyFacts;
    readonly writtenAt: number;
    readonly now: number;
    readonly vaultAhead?: number;
    readonly kind?: "env" | "volume";
  },
): string {
  const copy = { writtenAt: Date.parse(cut(writtenAt)), createdAfter: () => false };
  const { holding, reason } = judge(key, copy, pod, pod.containers.get("portal"), { kind }, { now, vaultAhead });
  return `${holding}: ${reason.kind}`;
}

const T = Date.parse("2026-11-28T12:00:00Z");
const minutes = (n: number): number => n * 60 * SECOND;

describe("what a container holds", () => {
  const rotated = { sinceInVault: T, copy: "same" } as const;
  const after = (created: number, more: { readonly started?: number; readonly ahead?: number } = {}): PodFacts =>
    podOf({ created, taken: created + 100, started: more.started ?? created + 1500, ahead: more.ahead ?? 0 });

  it("is old if it started before Vault's change, whatever the Secret says", () => {
    expect(holdingOf(after(T - minutes(60)), { key: rotated, writtenAt: T + minutes(1), now: T + minutes(2) })).toBe(
      "old: started-before-change",
    );
  });

  it("is current if its pod was created after the copy", () => {
    expect(holdingOf(after(T + 31_000), { key: rotated, writtenAt: T + 30_000, now: T + 40_000 })).toBe(
      "current: created-after-copy",
    );
  });

  it("is in doubt between the change and the copy, and within the second of the copy", () => {
    expect(holdingOf(after(T + 10_000), { key: rotated, writtenAt: T + 30_000, now: T + 40_000 })).toBe(
      "in-doubt: created-before-copy",
    );
    expect(holdingOf(after(T + 30_900), { key: rotated, writtenAt: T + 30_100, now: T + 40_000 })).toBe(
      "in-doubt: created-with-copy",
    );
  });

  it("is not current by a clock of its node that is two minutes ahead", () => {
    const pod = after(T + 10_000, { ahead: minutes(2) });
    expect(holdingOf(pod, { key: rotated, writtenAt: T + 30_000, now: T + minutes(9) })).toBe(
      "in-doubt: created-before-copy",
    );
  });

  it("is not old by a clock of its node that is two minutes behind", () => {
    const pod = after(T + 31_000, { ahead: -minutes(2) });
    expect(holdingOf(pod, { key: rotated, writtenAt: T + 30_000, now: T + 40_000 })).toBe(
      "current: created-after-copy",
    );
  });

  it("is not old because the cluster's own controller, by another clock, said later that its node was lost", () => {
    const times = { created: T + 31_000, taken: T + 31_000, started: T + 32_000, ahead: 0 };
    const pod = podOf({ ...times, lost: T + minutes(60) });
    expect(holdingOf(pod, { key: rotated, writtenAt: T + 90_000, now: T + minutes(61) })).toBe(
      "in-doubt: created-before-copy",
    );
  });

  it("is neither because the clock of its node was put right while it started", () => {
    const times = { created: T + 10_000, taken: T + 10_000, started: T + 20_000, ahead: 0, step: minutes(10) };
    expect(holdingOf(podOf(times), { key: rotated, writtenAt: T + 30_000, now: T + minutes(60) })).toBe(
      "in-doubt: created-before-copy",
    );
  });

  it("counts a file once every kubelet has refreshed it", () => {
    const pod = after(T - minutes(60));
    const of = (now: number): string => holdingOf(pod, { key: rotated, writtenAt: T + 30_000, now, kind: "volume" });
    expect([of(T + minutes(1)), of(T + minutes(4))]).toEqual([
      "in-doubt: file-not-refreshed",
      "current: file-refreshed",
    ]);
  });

  it("does not count the file of an init container that has ended: it made something of the earlier one", () => {
    const pod = after(T - minutes(60));
    const [[name, facts] = ["", undefined]] = pod.containers;
    if (facts === undefined) throw new Error("it has a container");
    const ended = { ...pod, containers: new Map([[name, { ...facts, ended: true }]]) };
    const of = (now: number): string => holdingOf(ended, { key: rotated, writtenAt: T + 30_000, now, kind: "volume" });
    expect([of(T + minutes(1)), of(T + minutes(60))]).toEqual([
      "old: started-before-change",
      "old: started-before-change",
    ]);
  });

  it("says nothing that is not so, whatever the clocks of nodes and Vault are", () => {
    const moment = fc.integer({ min: 0, max: minutes(20) });
    fc.assert(
      fc.property(
        fc.record({
          // True moments: the change in Vault, the copy after it, the pod, its container.
          change: moment,
          copyDelay: fc.integer({ min: 1, max: minutes(5) }),
          created: moment,
          takeDelay: fc.integer({ min: 0, max: 5000 }),
          startDelay: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: minutes(15) })),
          cache: fc.integer({ min: 0, max: 110_000 }),
          ahead: fc.integer({ min: -minutes(5), max: minutes(5) }),
          step: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: minutes(60) })),
          vaultAhead: fc.integer({ min: -minutes(5), max: minutes(5) }),
          measured: fc.integer({ min: -1000, max: 1000 }),
        }),
        ({ change, copyDelay, created, takeDelay, startDelay, cache, ahead, step, vaultAhead, measured }) => {
          const taken = created + takeDelay;
          const started = taken + startDelay;
          const copied = change + copyDelay;
          const pod = podOf({ created: T + created, taken: T + taken, started: T + started, ahead, step });
          // A kubelet reads the Secret when it accepts the pod, and may later provide content of that age.
          const read = Math.max(taken, started - cache);
          const isNew = read >= copied;
          const said = holdingOf(pod, {
            key: { sinceInVault: T + change + vaultAhead, copy: "same" },
            writtenAt: T + copied,
            now: T + minutes(60),
            vaultAhead: vaultAhead + measured,
          });
          if (said.startsWith("current")) expect(isNew, said).toBe(true);
          if (said.startsWith("old")) expect(isNew, said).toBe(false);
          // In a healthy cluster, anything created in a later second is current.
          if (Math.floor((T + created) / SECOND) > Math.floor((T + copied) / SECOND)) expect(said).toMatch(/^current/);
        },
      ),
      { numRuns: 5000 },
    );
  });
});
