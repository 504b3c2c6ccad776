import pLimit from "p-limit";
import type { Target } from "../model/target.js";
import type { SecretVersions } from "../model/history.js";
import { ServerError } from "../errors.js";
import { needsVersions } from "../fleet/ages.js";
import type { AuditedEnvironment } from "../fleet/environment-report.js";
import type { CurrentState } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { ownExpiry } from "../vault/tokens.js";
import { boundAnswers } from "../vault/bound-answers.js";
import { located } from "../vault/locate.js";
import { readMetadata } from "../vault/metadata.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import { computePlan } from "./compute-plan.js";
import { otherMountHolds } from "./other-mount.js";
import { stateWarnings } from "./diagnose.js";

/** What a fleet audit reads from one environment, in addition to what its plan needs. */
export interface FleetReading extends Pick<AuditedEnvironment, "plan" | "current" | "versions"> {
  /** RFC 3339; undefined: the current token never expires, or its expiry is unknown. */
  readonly tokenExpires: string | undefined;
  /** The time of the reading, by the server's clock. */
  readonly now: Date;
  readonly warnings: readonly AnyDiagnostic[];
}

export interface FleetReadingOptions {
  readonly maxAgeSeconds: number | undefined;
  /** Whether the current token outlives this run, so that its expiry matters. */
  readonly lastingToken: boolean;
}

/** Reads one environment: one LIST and one GET per application as for an audit, and a few more requests. */
export async function readForFleet(
  session: VaultSession,
  target: Target,
  options: FleetReadingOptions,
): Promise<FleetReading> {
  const { environment } = target;
  const [computed, other, token] = await Promise.all([
    computePlan(session, target),
    otherMountHolds(session, environment.vault),
    options.lastingToken ? tokenExpiry(session) : NOT_ASKED,
  ]);
  const { plan, current } = computed;
  const now = session.clock.now();
  return {
    plan,
    current,
    now,
    versions: await neededVersions(session, environment, current, now, options.maxAgeSeconds),
    tokenExpires: token.expires,
    warnings: [
      ...other,
      ...(token.warning === undefined ? [] : [token.warning]),
      ...stateWarnings({ ...environment, vault: located(session, environment.vault) }, computed),
    ],
  };
}

interface TokenExpiry {
  readonly expires: string | undefined;
  readonly warning: AnyDiagnostic | undefined;
}

const NOT_ASKED: TokenExpiry = { expires: undefined, warning: undefined };

/** A token that may not look itself up may still be able to read. */
async function tokenExpiry(session: VaultSession): Promise<TokenExpiry> {
  try {
    return { ...NOT_ASKED, expires: await ownExpiry(session) };
  } catch (error) {
    if (!(error instanceof ServerError) || error.status !== 403) throw error;
    return { ...NOT_ASKED, warning: diagnostic("token-expiry-unknown") };
  }
}

/** The metadata of the applications where it decides whether a generated secret is too old. */
async function neededVersions(
  session: VaultSession,
  { applications, vault }: Environment,
  current: CurrentState,
  now: Date,
  maxAgeSeconds: number | undefined,
): Promise<ReadonlyMap<string, SecretVersions>> {
  const needed = [...applications.values()].filter(({ name, secrets }) => {
    const state = current.get(name);
    const generated = [...secrets.values()].filter((secret) => secret.kind === "generate");
    return state?.kind === "present" && needsVersions(generated, state, now, maxAgeSeconds);
  });
  const limit = pLimit(PARALLEL_REQUESTS);
  const bounded = { ...session, transport: boundAnswers(session.transport) };
  const read = await Promise.all(
    needed.map(({ name }) => limit(async () => [name, await readMetadata(bounded, vault, name)] as const)),
  );
  return new Map(read.flatMap(([name, versions]) => (versions ? [[name, versions] as const] : [])));
}
