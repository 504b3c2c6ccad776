import type { ObjectName } from "../../src/model/consumer.js";
import type { DeliveryStatus, HeldBy, Holding, RolloutStatus, WorkloadStatus } from "../../src/model/rollout.js";
import { rolloutResult } from "../../src/render/rollout.js";

/** What `phalanx rollout status ENV --json` prints for such a status. */
export function rolloutAnswer(status: RolloutStatus): string {
  return JSON.stringify({
    version: 1,
    command: "rollout status",
    result: rolloutResult(status, [], ["kubectl"]),
    diagnostics: [],
  });
}

const object = (kind: string, name: string): ObjectName => ({ kind, group: "apps", namespace: "source", name });

export function workload(name: string, holding: Holding, ...keys: readonly string[]): WorkloadStatus {
  const reasons: Record<Holding, HeldBy["reason"]> = {
    current: { kind: "created-after-copy" },
    "in-doubt": { kind: "created-before-copy" },
    old: { kind: "started-before-change", startedAt: "2026-11-01T08:00:00.000Z" },
  };
  const held = { holding, reason: reasons[holding], keys, pods: 2 };
  return { object: object("Deployment", name), holding, pods: 2, reasons: [held], stalls: [], uses: [] };
}

/** A status of one application, `source`, whose `password` and `token` changed in Vault at different times. */
export function rolloutStatus(
  environment: string,
  at: string,
  workloads: readonly WorkloadStatus[],
  copy: DeliveryStatus["copy"] = { kind: "same", since: "2026-11-20T10:01:00Z" },
): RolloutStatus {
  return {
    environment,
    cluster: { context: "kind", server: "https://127.0.0.1:6443" },
    at,
    scope: null,
    secrets: [
      {
        application: "source",
        vault: { kind: "present", version: 3 },
        keys: [
          { key: "password", at: "2026-11-20T10:00:00.123456789Z", exact: true },
          { key: "token", at: "2026-11-10T10:00:00Z", exact: false },
        ],
        uncopiedKeys: [],
        deliveries: [{ object: object("VaultSecret", "source"), secret: "source", copy, workloads }],
      },
    ],
    unseen: [],
  };
}
