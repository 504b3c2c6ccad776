import { stopsOf } from "../model/plan-stops.js";
import { MissingItemsError } from "../sources/onepassword/missing-items.js";
import { diagnosticJson } from "../render/diagnostic-json.js";
import { PhalanxError } from "../errors.js";
import type { RecordingTree } from "../config/tree.js";
import { countFindings } from "../fleet/counts.js";
import { expiryOf } from "../fleet/ages.js";
import {
  type AuditedEnvironment,
  applicationReports,
  type ReportPorts,
  unauditedApplications,
} from "../fleet/environment-report.js";
import { type FingerprintEntry, fingerprintEntries } from "../fleet/fingerprints.js";
import { type Environment, vaultPrefix } from "../model/environment.js";
import { NO_COUNTS } from "../model/fleet-counts.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import type { DiagnosticJson } from "../model/diagnostic-json.js";
import type { FleetEnvironment } from "../model/fleet-report.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { readForFleet } from "../operations/fleet-audit.js";
import type { Transport } from "../http/request.js";
import { causeText } from "../render/cause.js";
import { reasonText } from "../render/reason.js";
import { type Context, variableName, notify } from "../terminal/context.js";
import { type Loaded, load, loadStaticSecrets } from "../target/load.js";
import { auditTarget } from "../target/target-options.js";
import { withVault } from "../access/session.js";
import { type FleetCredentials, fleetCredentials } from "./credentials.js";
import type { FleetAccesses } from "./read-fleet-config.js";
import { certificateExpiry, type Fingerprinter } from "./value-ports.js";

/** What all environments of a fleet audit have in common. */
export interface FleetRun extends FleetAccesses {
  readonly root: string;
  /** Caches its files: every environment reads the same charts. */
  readonly tree: RecordingTree;
  readonly now: Date;
  readonly maxAgeSeconds: number | undefined;
  readonly fingerprinter: Fingerprinter;
  /** For each environment that shares its prefix, the other environments with that prefix. */
  readonly samePrefix: ReadonlyMap<string, string[]>;
  /** Whether an environment without credentials is an error: it was asked for by name. */
  readonly insist: boolean;
  readonly requireTls: boolean | undefined;
  /** Sends a request once a slot is free. */
  readonly bounded: (transport: Transport) => Transport;
}

/** The report on one environment, and the data to compare it with others. */
export interface EnvironmentResult {
  readonly report: FleetEnvironment;
  readonly entries: readonly FingerprintEntry[];
}

/** Audits one environment. Any error an operator can cause ends up in its report, and does not affect the others. */
export async function auditEnvironment(context: Context, name: string, run: FleetRun): Promise<EnvironmentResult> {
  const diagnostics: DiagnosticJson[] = [];
  const report = (said: AnyDiagnostic): void => void diagnostics.push(diagnosticJson(said));
  const quiet = { ...context, report };
  const blank = { name, diagnostics, counts: NO_COUNTS, applications: [] };
  let loaded: Loaded;
  try {
    loaded = load(quiet, run.tree, run.root, name);
  } catch (error) {
    return { report: { ...blank, state: "failed", failure: failureOf(error) }, entries: [] };
  }
  const { environment } = loaded;
  const unaudited = { ...blank, ...placeOf(environment), applications: unauditedApplications(environment) };
  try {
    const credentials = await fleetCredentials(quiet, environment, run.access(name) ?? {}, run.tokenFromSecrets);
    if (credentials.atHand) return await audit(loaded, credentials, run, diagnostics);
    if (!run.insist) return { report: { ...unaudited, state: "no-credentials" }, entries: [] };
    const needed =
      credentials.options.auth === "approle"
        ? (["VAULT_ROLE_ID", "VAULT_SECRET_ID"] as const)
        : (["VAULT_TOKEN"] as const);
    const variables = needed.map((each) => variableName(credentials.context, each));
    throw new PhalanxError(diagnostic("fleet-credentials-missing", { variables }, { subject: { environment: name } }));
  } catch (error) {
    return { report: { ...unaudited, state: "failed", failure: failureOf(error) }, entries: [] };
  }
}

async function audit(
  loaded: Loaded,
  credentials: FleetCredentials,
  run: FleetRun,
  diagnostics: readonly DiagnosticJson[],
): Promise<EnvironmentResult> {
  const { environment, unreadableSiblings } = loaded;
  const { context, secrets, tokenVariable } = credentials;
  const source = await staticSource(environment, credentials, run);
  const target = auditTarget(context, loaded, source.staticSecrets, { exclude: [] });
  const options = { maxAgeSeconds: run.maxAgeSeconds, lastingToken: credentials.lastingToken };
  const { requireTls = false } = run;
  // The fleet's own file says how to log in to all of them.
  const access = { environment: { vault: environment.vault }, access: { ...credentials.options, requireTls } };
  const reading = await withVault(context, access, source.staticSecrets, (session) =>
    readForFleet({ ...session, transport: run.bounded(session.transport) }, target, options),
  );
  for (const warning of reading.warnings) notify(context, warning);
  for (const stop of stopsOf({ ...reading.plan, unresolved: [] })) notify(context, stop);
  const environments = reading.plan.unknown.length > 0 ? unreadableSiblings() : [];
  if (environments.length > 0) notify(context, diagnostic("unknown-maybe-of-sibling", { environments }));
  const ports: ReportPorts = {
    now: reading.now,
    maxAgeSeconds: run.maxAgeSeconds,
    certificateExpiry,
    causeText: (cause, application) => causeText({ application, cause, action: "update" }),
    reasonText,
  };
  const audited: AuditedEnvironment = { ...reading, environment, ...source };
  const samePrefixAs = run.samePrefix.get(environment.name);
  const token = reading.tokenExpires === undefined ? undefined : expiryOf(reading.tokenExpires, reading.now);
  const applications = applicationReports(audited, ports);
  return {
    report: {
      name: environment.name,
      state: "audited",
      ...placeOf(environment),
      ...(samePrefixAs && { samePrefixAs }),
      staticSource: source.staticSecrets?.origin ?? "none",
      ...(source.staticSecrets?.origin === "file" && {
        givenFiles: secrets === undefined || isOnlyFile(environment, secrets) ? [] : [secrets],
      }),
      ...(tokenVariable !== undefined && { tokenVariable }),
      ...(source.note === undefined ? {} : { staticNote: diagnosticJson(source.note) }),
      diagnostics: [...diagnostics],
      ...(token && { token }),
      counts: countFindings({ applications, ...(samePrefixAs && { samePrefixAs }), ...(token && { token }) }),
      applications,
    },
    entries: fingerprintEntries(environment, reading.current, run.fingerprinter.fingerprint),
  };
}

interface StaticSource {
  readonly staticSecrets: StaticSecrets | undefined;
  readonly absent: ReadonlySet<string>;
  /** Why a configured source was not used. */
  readonly note: Diagnostic<"onepassword-not-asked" | "onepassword-not-compared"> | undefined;
}

async function staticSource(
  environment: Environment,
  { context, secrets }: FleetCredentials,
  { requireTls, tokenFromSecrets }: FleetRun,
): Promise<StaticSource> {
  const about = { subject: { environment: environment.name } };
  const none = { staticSecrets: undefined, absent: new Set<string>() };
  const connect = context.env["OP_CONNECT_TOKEN"];
  if (secrets === undefined && !environment.staticFiles && environment.onepassword !== undefined && !connect) {
    return {
      ...none,
      note: diagnostic("onepassword-not-asked", { variable: variableName(context, "OP_CONNECT_TOKEN") }, about),
    };
  }
  try {
    const options = secrets === undefined ? { requireTls } : { secrets: [secrets] };
    const found = await loadStaticSecrets(context, environment, options);
    const staticSecrets =
      found === undefined || found.origin !== "file" || tokenFromSecrets
        ? found
        : { ...found, vaultWriteToken: undefined };
    return { ...none, staticSecrets, note: undefined };
  } catch (error) {
    if (!(error instanceof MissingItemsError)) throw error;
    const { missing } = error;
    const absent = new Set(missing.map(({ application, key }) => (key ? `${application}/${key}` : application)));
    return { ...none, absent, note: diagnostic("onepassword-not-compared", { missing }, about) };
  }
}

/** Whether other commands read the file, and only that, without being told. */
function isOnlyFile({ staticFiles = [] }: Environment, file: string): boolean {
  return staticFiles.length === 1 && staticFiles[0] === file;
}

function placeOf({ vault }: Environment): Pick<FleetEnvironment, "vault"> {
  return { vault: { url: vault.url, prefix: vaultPrefix(vault) } };
}

function failureOf(error: unknown): NonNullable<FleetEnvironment["failure"]> {
  if (!(error instanceof PhalanxError)) throw error;
  const problems = error.problems.map(diagnosticJson);
  return { diagnostic: diagnosticJson(error.diagnostic), ...(problems.length > 0 && { problems }) };
}
