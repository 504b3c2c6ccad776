import type { DiagnosticJson } from "../../src/model/diagnostic-json.js";
import type { FleetRollout } from "../../src/model/fleet-rollout.js";
import { NO_COUNTS } from "../../src/model/fleet-counts.js";
import {
  FLEET_VERSION,
  type FleetApplication,
  type FleetEnvironment,
  type FleetReport,
  type FleetSecret,
  SECRET_STATES,
} from "../../src/model/fleet-report.js";

/** A name that would be markup, and close the data's element, if it were ever treated as anything but text. */
export const HOSTILE = "</script><img src=x onerror=alert(1)>\u2028";

/** A report on this many environments and applications, with everything that a report can contain. */
export function largeReport(environments: number, applications: number): FleetReport {
  return {
    format: "phalanx-fleet-report",
    version: FLEET_VERSION,
    tool: "0.0.0",
    created: "2026-11-24T08:00:00.000Z",
    commit: "0123456789ab",
    maxAgeSeconds: 365 * 86_400,
    shard: null,
    environments: Array.from({ length: environments }, (_, i) => environmentOf(i, applications)),
    sharing: {
      checked: "everywhere",
      values: [
        [
          { environment: "env-00", application: "app-001", key: "password" },
          { environment: "env-01", application: "app-001", key: "password" },
        ],
      ],
    },
  };
}

function environmentOf(index: number, applications: number): FleetEnvironment {
  const name = `env-${String(index).padStart(2, "0")}`;
  const failed = index === 3;
  return {
    name,
    state: failed ? "failed" : "audited",
    ...(failed ? { failure: { diagnostic: said("error", "Vault is sealed", "Unseal it.") } } : {}),
    vault: { url: "https://vault.example.org", prefix: `secret/phalanx/${name}` },
    staticSource: "file",
    diagnostics: index === 0 ? [said("warning", HOSTILE)] : [],
    ...(index === 1 ? { token: { at: "2026-12-01T00:00:00Z", state: "soon" as const } } : {}),
    counts: { ...NO_COUNTS, drifted: failed ? 0 : 3 },
    ...(index < 3 ? { rollout: rolloutOf(index) } : {}),
    applications: Array.from({ length: applications }, (_, i) => applicationOf(index, i, failed)),
  };
}

/** The first one is behind, the second one is up to date; the third one was checked long ago. */
function rolloutOf(index: number): FleetRollout {
  const isBehind = index !== 1;
  const workloads = { current: 2, inDoubt: isBehind ? 1 : 0, old: isBehind ? 2 : 0 };
  const waiting = { since: "2026-11-22T06:30:00.000Z", exact: index === 0 };
  const behind = [
    { kind: "Deployment", namespace: "app-001", name: "portal", holding: "old" as const, detail: "for a reason" },
    { kind: "StatefulSet", namespace: "app-001", name: HOSTILE, holding: "old" as const, detail: HOSTILE },
    { kind: "Deployment", namespace: "app-001", name: "tap", holding: "in-doubt" as const, detail: "another reason" },
  ];
  return {
    checked: index === 2 ? "2026-11-20T08:00:00.000Z" : "2026-11-24T06:00:00.000Z",
    settled: !isBehind,
    workloads,
    ...(isBehind ? { waiting } : {}),
    unread: index === 2 ? 3 : 0,
    applications: [
      {
        name: "app-001",
        workloads,
        notCopied: isBehind ? ["app-001/portal"] : [],
        ...(isBehind ? { waiting } : {}),
        behind: isBehind ? behind : [],
      },
    ],
  };
}

/** From a program that knows other codes than this one. */
function said(severity: DiagnosticJson["severity"], summary: string, hint?: string): DiagnosticJson {
  return { severity, code: "unknown-here", details: {}, summary, ...(hint === undefined ? {} : { hint }) };
}

function applicationOf(environment: number, index: number, failed: boolean): FleetApplication {
  const name = index === 2 ? HOSTILE : `app-${String(index).padStart(3, "0")}`;
  const state = SECRET_STATES[(environment * 7 + index) % 11] ?? "clean";
  if (failed) return { name, enabled: true, state: "not-audited", secrets: [] };
  const secrets: FleetSecret[] = [
    {
      key: "copied",
      kind: "copy",
      state: "clean",
      sources: [{ application: `app-${String((index + 1) % 100).padStart(3, "0")}`, key: "password" }],
    },
    {
      key: "hash",
      kind: "generate",
      generator: "bcrypt-password-hash",
      state: "clean",
      sources: [{ application: name, key: "password" }],
    },
    {
      key: "password",
      kind: "generate",
      generator: "password",
      state,
      ...(state === "clean" ? {} : { detail: "for a reason" }),
      changed: { at: `202${3 + (index % 4)}-03-01T00:00:00Z`, exact: index % 2 === 0 },
      ...(index % 4 < 2 ? { tooOld: true as const } : {}),
      ...(index === 1 && environment < 2 ? { sharedWith: [`env-0${1 - environment}`] } : {}),
    },
    {
      key: "tls.pem",
      kind: "static",
      state: "clean",
      ...(index === 5 ? { certificate: { at: "2026-11-01T00:00:00Z", state: "expired" as const } } : {}),
      ...(index === 6 ? { disappears: { at: "2026-12-01T00:00:00Z", state: "soon" as const } } : {}),
      ...(index === 6 ? { unsourced: true as const } : {}),
    },
  ];
  return { name, enabled: true, state, secrets };
}
