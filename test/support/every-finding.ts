import { NO_COUNTS } from "../../src/model/fleet-counts.js";
import type { FleetApplication, FleetEnvironment, FleetReport, FleetSecret } from "../../src/model/fleet-report.js";
import { largeReport } from "./fleet-report.js";

export const made: Pick<FleetSecret, "kind" | "generator"> = { kind: "generate", generator: "password" };

/** So many hours and a half from now: a merge recomputes the report. */
const inHours = (hours: number): string => new Date(Date.now() + (hours + 0.5) * 3_600_000).toISOString();
export const [ENDED, SOON, LATER, MADE] = [inHours(-97), inHours(5), inHours(24 * 7), inHours(-24 * 369 - 1)];

/** Every kind of finding in one environment, and another environment that could not be reached. */
export const SECRETS: readonly FleetSecret[] = [
  { key: "cert", kind: "static", state: "clean", certificate: { at: LATER, state: "soon" } },
  { key: "drifts", kind: "static", state: "drifted", detail: "the static source has a different value" },
  { key: "goes", ...made, state: "clean", disappears: { at: SOON, state: "soon" } },
  { key: "lacks", ...made, state: "missing", detail: "missing in Vault" },
  {
    key: "left",
    kind: "unknown",
    state: "unknown",
    cause: { kind: "unknown", class: "undeclared" },
    detail: "unknown: no secrets.yaml declares it",
  },
  { key: "old", ...made, state: "clean", changed: { at: MADE, exact: true }, tooOld: true },
  { key: "only", kind: "static", state: "clean", unsourced: true },
  { key: "shared", ...made, state: "clean", sharedWith: ["other"] },
  {
    key: "unsolved",
    kind: "static",
    state: "unresolved",
    cause: { kind: "no-static-value", origin: "file" },
    detail: "has no value in the static secrets file, nor in Vault",
  },
];

function application(name: string, secrets: readonly FleetSecret[]): FleetApplication {
  return { name, enabled: true, state: secrets.length > 1 ? "unresolved" : "clean", secrets: [...secrets] };
}

function environment(name: string, applications: readonly FleetApplication[]): FleetEnvironment {
  return {
    name,
    state: "audited",
    vault: { url: "https://vault.example.org", prefix: `secret/phalanx/${name}` },
    staticSource: "file",
    diagnostics: [],
    counts: { ...NO_COUNTS, missing: 1 },
    applications: [...applications],
  };
}

export const REPORT: FleetReport = {
  ...largeReport(0, 0),
  environments: [
    {
      ...environment("test", [application("app", SECRETS), application("plain", [])]),
      token: { at: ENDED, state: "expired" },
      diagnostics: [{ severity: "warning", code: "x", details: {}, summary: "something odd" }],
      staticNote: { severity: "warning", code: "x", details: {}, summary: "1Password was not queried" },
    },
    environment("other", [application("app", [{ key: "shared", ...made, state: "clean", sharedWith: ["test"] }])]),
    { ...environment("unasked", []), state: "no-credentials" },
  ],
  sharing: {
    checked: "everywhere",
    values: [
      [
        { environment: "test", application: "app", key: "shared" },
        { environment: "other", application: "app", key: "shared" },
      ],
    ],
  },
};
