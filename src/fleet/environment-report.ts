import type { SecretVersions } from "../model/history.js";
import { largest } from "../model/largest.js";
import { compareCodePoints } from "../model/code-points.js";
import { type CurrentState, valuesOf } from "../model/current-state.js";
import { type Application, type Environment, PULL_SECRET } from "../model/environment.js";
import {
  APPLICATION_STATES,
  type ApplicationState,
  type FleetApplication,
  type FleetSecret,
} from "../model/fleet-report.js";
import { groupBy } from "../model/group.js";
import { changesOf, type Cause, type Plan, type UnresolvedReason } from "../model/plan.js";
import { SecretValue } from "../model/secret-value.js";
import { refId, type Secret, type SecretRef, sourcesOf } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { expiryOf, isOlder, lastChanged } from "./ages.js";

/** Everything found out about one environment. */
export interface AuditedEnvironment {
  readonly environment: Environment;
  readonly plan: Plan;
  readonly current: CurrentState;
  readonly staticSecrets: StaticSecrets | undefined;
  /** Static secrets that the source is known to lack, by reference id or application. */
  readonly absent: ReadonlySet<string>;
  /** The metadata of the applications whose ages need it. */
  readonly versions: ReadonlyMap<string, SecretVersions>;
}

/** What a report needs: the clock, and ways to inspect a value without revealing it. */
export interface ReportPorts {
  readonly now: Date;
  readonly maxAgeSeconds: number | undefined;
  /** When the first of the X.509 certificates in a text expires; undefined if there is none. */
  readonly certificateExpiry: (value: SecretValue) => string | undefined;
  /** Why a secret changes, or has no value, in words. */
  readonly causeText: (cause: Cause, application: string) => string;
  readonly reasonText: (reason: UnresolvedReason) => string;
}

/** The report on each application of an environment. Contains no value. */
export function applicationReports(audited: AuditedEnvironment, ports: ReportPorts): FleetApplication[] {
  const { environment, plan, current } = audited;
  const findings = findingsOf(plan, ports);
  const byApplication = groupBy(findings.values(), ({ application }) => application);
  const names = new Set([
    ...environment.applications.keys(),
    ...byApplication.keys(),
    ...(current.get(PULL_SECRET)?.kind === "present" ? [PULL_SECRET] : []),
  ]);
  return [...names].sort(compareCodePoints).map((name) => {
    const application = environment.applications.get(name);
    const own = byApplication.get(name) ?? [];
    const secrets = [
      ...secretReports(application, audited, findings, ports),
      ...own.flatMap(({ key, report }) => (application?.secrets.has(key) ? [] : [report])),
    ];
    return {
      name,
      enabled: application !== undefined || name === PULL_SECRET,
      state: name === PULL_SECRET && secrets.length === 0 ? "clean" : worstOf(secrets),
      secrets: secrets.sort((a, b) => compareCodePoints(a.key, b.key)),
    };
  });
}

/** The applications of an environment that was not audited. */
export function unauditedApplications({ applications }: Environment): FleetApplication[] {
  return [...applications.keys()].map((name) => ({ name, enabled: true, state: "not-audited", secrets: [] }));
}

function worstOf(secrets: readonly FleetSecret[]): ApplicationState {
  return APPLICATION_STATES[largest(secrets, ({ state }) => APPLICATION_STATES.indexOf(state))] ?? "empty";
}

/** A problem with a secret, reported on its own if the application does not require that secret. */
interface Finding extends SecretRef {
  readonly report: FleetSecret;
}

function findingsOf(plan: Plan, ports: ReportPorts): Map<string, Finding> {
  const { unknown, unresolved } = plan;
  // Only the pull secret changes without being a secret of its application, and it is static.
  const findings: Finding[] = [
    ...changesOf(plan).map(({ application, key, cause }): Finding => {
      const state = cause.kind === "missing" ? "missing" : "drifted";
      const detail = ports.causeText(cause, application);
      return { application, key, report: { key, kind: "static", state, cause, detail } };
    }),
    ...unknown.map(({ application, key, class: unknownClass }): Finding => {
      const cause: Cause = { kind: "unknown", class: unknownClass };
      const detail = ports.causeText(cause, application);
      return { application, key, report: { key, kind: "unknown", state: "unknown", cause, detail } };
    }),
    ...unresolved.map(({ application, key, reason }): Finding => {
      const words = { cause: reason, detail: ports.reasonText(reason) };
      return { application, key, report: { key, kind: "static", state: "unresolved", ...words } };
    }),
  ];
  return new Map(findings.map((finding) => [refId(finding), finding]));
}

function secretReports(
  application: Application | undefined,
  audited: AuditedEnvironment,
  findings: ReadonlyMap<string, Finding>,
  ports: ReportPorts,
): FleetSecret[] {
  if (application === undefined) return [];
  return [...application.secrets.values()].map((secret) => {
    const { state = "clean", cause, detail } = findings.get(refId(secret))?.report ?? {};
    const sources = sourcesOf(secret).map(({ application: from, key }) => ({ application: from, key }));
    return {
      key: secret.key,
      kind: secret.kind,
      ...(secret.kind === "generate" ? { generator: secret.rule.type } : {}),
      state,
      ...(cause && { cause }),
      ...(detail !== undefined && { detail }),
      ...(sources.length === 0 ? {} : { sources }),
      ...whatVaultTells(secret, audited, ports),
    };
  });
}

/** Ages, expiries and missing sources of what Vault holds, required or not. */
function whatVaultTells(secret: Secret, audited: AuditedEnvironment, ports: ReportPorts): Partial<FleetSecret> {
  const state = audited.current.get(secret.application);
  const value = valuesOf(audited.current, secret.application).get(secret.key);
  if (state === undefined || !(value instanceof SecretValue) || value.isEmpty) return {};
  const deletion = state.kind === "present" ? state.deletionTime : undefined;
  const disappears = deletion === undefined ? {} : { disappears: expiryOf(deletion, ports.now) };
  if (secret.kind === "generate") {
    const changed = lastChanged(secret.key, state, audited.versions.get(secret.application));
    return { ...disappears, changed, ...(isOlder(changed.at, ports.now, ports.maxAgeSeconds) ? { tooOld: true } : {}) };
  }
  if (secret.kind !== "static") return disappears;
  const expires = ports.certificateExpiry(value);
  return {
    ...disappears,
    ...(expires === undefined ? {} : { certificate: expiryOf(expires, ports.now) }),
    ...(lacksSource(secret, audited) ? { unsourced: true } : {}),
  };
}

/** If static secrets have no other source, they live in Vault; otherwise Vault should not be their only home. */
function lacksSource(secret: SecretRef, { staticSecrets, absent }: AuditedEnvironment): boolean {
  if (absent.has(refId(secret)) || absent.has(secret.application)) return true;
  if (staticSecrets === undefined) return false;
  return staticSecrets.applications.get(secret.application)?.get(secret.key)?.isEmpty ?? true;
}
