import { printable } from "../printable.js";
import type { FleetRollout } from "../../model/fleet-rollout.js";
import {
  APPLICATION_STATES,
  ENVIRONMENT_STATES,
  type Expiry,
  type FleetEnvironment,
  type FleetReport,
  type FleetSecret,
  SECRET_STATES,
} from "../../model/fleet-report.js";

/** One sample of a metric: its labels and its number. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  /** The unit in OpenMetrics; the metric's name ends in it. */
  readonly unit?: "seconds";
  readonly help: string;
  readonly samples: (report: FleetReport) => readonly Sample[];
}

/**
 * What a fleet audit exports to Prometheus. Names and labels are a stable interface: rules and dashboards depend on
 * them.
 */
export const FLEET_METRICS: readonly Metric[] = [
  {
    name: "phalanx_fleet_audit_info",
    help: "The audit: version of phalanx, and commit of the configuration. Always 1.",
    samples: ({ tool, commit }) => [{ labels: { version: tool, commit }, value: 1 }],
  },
  {
    name: "phalanx_fleet_audit_timestamp_seconds",
    unit: "seconds",
    help: "When the audit was made, or its shards were merged.",
    samples: ({ created }) => [{ labels: {}, value: seconds(created) }],
  },
  {
    name: "phalanx_fleet_shared_values",
    help: "Generated values that several environments share.",
    samples: ({ sharing }) => [{ labels: {}, value: sharing.values.length }],
  },
  {
    name: "phalanx_environment_state",
    help: "1 for the state that an environment is in, 0 for the others: audited, failed, no-credentials.",
    samples: ({ environments }) =>
      environments.flatMap(({ name, state: is }) =>
        ENVIRONMENT_STATES.map((state) => ({ labels: { environment: name, state }, value: is === state ? 1 : 0 })),
      ),
  },
  {
    name: "phalanx_environment_findings",
    help: "Findings by kind. Only for environments that were audited.",
    samples: ofAudited(({ name, counts }) =>
      Object.entries(counts).map(([kind, value]) => ({ labels: { environment: name, kind: kebabCase(kind) }, value })),
    ),
  },
  {
    name: "phalanx_environment_secrets",
    help: "Secrets by state: clean, unknown, drifted, missing, unresolved. Only for environments that were audited.",
    samples: ofAudited(({ name, applications }) => {
      const states = applications.flatMap(({ secrets }) => secrets.map(({ state }) => state));
      return SECRET_STATES.map((state) => ({
        labels: { environment: name, state },
        value: states.filter((each) => each === state).length,
      }));
    }),
  },
  {
    name: "phalanx_environment_applications",
    help: "Applications by state: that of their worst secret. Only for environments that were audited.",
    samples: ofAudited(({ name, applications }) =>
      APPLICATION_STATES.map((state) => ({
        labels: { environment: name, state },
        value: applications.filter((application) => application.state === state).length,
      })),
    ),
  },
  {
    name: "phalanx_environment_warnings",
    help: "Warnings of the audit of an environment. Only for environments that were audited.",
    samples: ofAudited(({ name, diagnostics }) => [{ labels: { environment: name }, value: diagnostics.length }]),
  },
  {
    name: "phalanx_environment_oldest_generated_timestamp_seconds",
    unit: "seconds",
    help: "When the oldest generated value changed, as far as Vault still knows: it may be older.",
    samples: ofAudited(({ name, applications }) => {
      const times = applications.flatMap(({ secrets }) => secrets.flatMap(({ changed }) => changed?.at ?? []));
      return times.length === 0
        ? []
        : [{ labels: { environment: name }, value: times.map(seconds).reduce((a, b) => Math.min(a, b)) }];
    }),
  },
  {
    name: "phalanx_rollout_checked_timestamp_seconds",
    unit: "seconds",
    help: "When rollout status last checked which workloads of an environment hold old values (--rollout). Absent: never.",
    samples: ofRollouts(({ checked }) => [{ labels: {}, value: seconds(checked) }]),
  },
  {
    name: "phalanx_rollout_workloads",
    help: "Workloads by the worst state of the values that they held at the last check: current, in-doubt, old.",
    samples: ofRollouts(({ workloads: { current, inDoubt, old } }) =>
      Object.entries({ current, "in-doubt": inDoubt, old }).map(([holding, value]) => ({ labels: { holding }, value })),
    ),
  },
  {
    name: "phalanx_rollout_waiting_since_timestamp_seconds",
    unit: "seconds",
    help: "When the value that has waited longest to be picked up changed in Vault. Absent: nothing is waiting.",
    samples: ofRollouts(({ waiting }) => (waiting ? [{ labels: {}, value: seconds(waiting.since) }] : [])),
  },
  {
    name: "phalanx_vault_token_expiry_timestamp_seconds",
    unit: "seconds",
    help: "When the Vault token with which an environment was audited expires. Absent: never, or not known.",
    samples: ofAudited(({ name, token }) =>
      token === undefined ? [] : [{ labels: { environment: name }, value: seconds(token.at) }],
    ),
  },
  {
    name: "phalanx_certificate_expiry_timestamp_seconds",
    unit: "seconds",
    help: "The earliest expiry of the certificates in a static secret.",
    samples: ofSecrets(({ certificate }) => certificate),
  },
  {
    name: "phalanx_secret_deletion_timestamp_seconds",
    unit: "seconds",
    help: "When Vault will automatically delete the version that holds a secret. Absent: never.",
    samples: ofSecrets(({ disappears }) => disappears),
  },
];

/**
 * The report's numbers, in a text that is both Prometheus' own format, for the textfile collector, and OpenMetrics.
 * Metrics without samples are omitted.
 */
export function renderFleetMetrics(report: FleetReport): string {
  return `${FLEET_METRICS.map((metric) => renderMetric(metric, metric.samples(report))).join("")}# EOF\n`;
}

function renderMetric({ name, unit, help }: Metric, samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  const head = `# TYPE ${name} gauge\n${unit === undefined ? "" : `# UNIT ${name} ${unit}\n`}# HELP ${name} ${help}\n`;
  return head + samples.map(({ labels, value }) => `${name}${renderLabels(labels)} ${value}\n`).join("");
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

function escaped(text: string): string {
  const shown = text.split("\n").map(printable).join("\n");
  return shown.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** If an environment was not audited, no number is better than a 0, which would mean that all is well. */
function ofAudited(samples: (environment: FleetEnvironment) => readonly Sample[]): Metric["samples"] {
  return ({ environments }) => environments.filter(({ state }) => state === "audited").flatMap(samples);
}

/** From findings in clusters, which may exist even where no audit was possible. */
function ofRollouts(samples: (rollout: FleetRollout) => readonly Sample[]): Metric["samples"] {
  return ({ environments }) =>
    environments.flatMap(({ name, rollout }) =>
      (rollout ? samples(rollout) : []).map(({ labels, value }) => ({
        labels: { environment: name, ...labels },
        value,
      })),
    );
}

/** One timestamp per secret that has one. */
function ofSecrets(expiryOf: (secret: FleetSecret) => Expiry | undefined): Metric["samples"] {
  return ofAudited(({ name, applications }) =>
    applications.flatMap(({ name: application, secrets }) =>
      secrets.flatMap((secret) => {
        const expiry = expiryOf(secret);
        return expiry === undefined
          ? []
          : [{ labels: { environment: name, application, key: secret.key }, value: seconds(expiry.at) }];
      }),
    ),
  );
}

function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}

function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
