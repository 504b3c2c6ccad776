import pLimit from "p-limit";
import { ServerError } from "../errors.js";
import type { ApplicationState } from "../model/current-state.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { VaultLocation } from "../model/environment.js";
import type { CustomMetadata } from "../model/provenance.js";
import { ForeignValue, SecretValue, type StoredValue } from "../model/secret-value.js";
import { boundAnswers } from "./bound-answers.js";
import { exactMembers } from "./exact-members.js";
import { whyRefused } from "./explain-denied.js";
import { readFresh } from "./freshness.js";
import { located } from "./locate.js";
import { requireKvV2 } from "./mount.js";
import { apiPath, isProvenAbsence, read, type VaultAnswer, type VaultSession } from "./protocol.js";

export const PARALLEL_REQUESTS = 16;

/**
 * The latest versions of the given KV secrets, read in parallel. Missing ones are left out.
 *
 * @param deniedIsAbsent Whether one that may not be read counts as absent; a create uses check-and-set 0 anyway.
 */
export async function readApplications(
  session: VaultSession,
  location: VaultLocation,
  applications: Iterable<string>,
  deniedIsAbsent = false,
): Promise<Map<string, ApplicationState>> {
  const limit = pLimit(PARALLEL_REQUESTS);
  const bounded = { ...session, transport: boundAnswers(session.transport) };
  const readOrAbsent = (application: string): Promise<ApplicationState | undefined> =>
    readApplication(bounded, location, application).catch((error: unknown) => {
      if (deniedIsAbsent && error instanceof ServerError && error.status === 403) return undefined;
      throw error;
    });
  const states = await Promise.all(
    [...applications].map((application) => limit(async () => [application, await readOrAbsent(application)] as const)),
  );
  const found = new Map(states.flatMap(([application, state]) => (state ? [[application, state] as const] : [])));
  // A KV v1 mount may have names here too, but none of them can be read as a version.
  if (states.length > 0 && found.size === 0) await requireKvV2(session, location);
  return found;
}

/** The path of the request for {@link readApplication}. */
export function latestPath({ mount, path }: VaultLocation, application: string): string {
  return apiPath(mount, "data", path, application);
}

/**
 * The latest version of one KV secret; undefined only if the server proved that there is none. A result older than a
 * version known to exist is read again.
 */
export async function readApplication(
  session: VaultSession,
  location: VaultLocation,
  application: string,
): Promise<ApplicationState | undefined> {
  return readFresh(
    session,
    location,
    application,
    () => readVersion(session, location, application, undefined),
    (state) => state?.version ?? 0,
  );
}

/** One version of a KV secret, or the latest; undefined only if the server proved that there is none. */
export async function readVersion(
  session: VaultSession,
  location: VaultLocation,
  application: string,
  wanted: number | undefined,
): Promise<ApplicationState | undefined> {
  const query = wanted === undefined ? "" : `?version=${wanted}`;
  const place = located(session, location);
  const answer = await read(session, latestPath(place, application) + query);
  const shown = `${place.mount}/data/${place.path}/${application}`;
  if (isProvenAbsence(answer)) return undefined;
  if (answer.status !== 200 && !(answer.status === 404 && hasData(answer.body)))
    throw await whyRefused(session, answer, { action: "read", target: shown, capability: "read", path: shown });
  const state = stateIn(answer);
  if (state === undefined || (wanted !== undefined && state.version !== wanted)) throw notKvV2(shown);
  return state;
}

/**
 * The version in a response; undefined unless it is complete and consistent. A missing part must not be taken for an
 * empty one, because what is empty is overwritten.
 */
function stateIn({ status, body, text }: VaultAnswer): ApplicationState | undefined {
  const { data } = (body ?? {}) as { data?: { data?: unknown; metadata?: Partial<VersionMetadata> } | null };
  const { version, created_time: createdTime, deletion_time: deletionTime = "" } = data?.metadata ?? {};
  const customMetadata = customMetadataIn(data?.metadata?.custom_metadata);
  const destroyed = data?.metadata?.destroyed ?? false;
  if (!isVersion(version) || !isTime(createdTime) || !(deletionTime === "" || isTime(deletionTime))) return undefined;
  if (typeof destroyed !== "boolean" || customMetadata === undefined) return undefined;
  const gone = destroyed || deletionTime !== "";
  if (status === 404) {
    if (data?.data !== null || !gone) return undefined;
    return { kind: destroyed ? "destroyed" : "deleted", version, createdTime, customMetadata, deletionTime };
  }
  const values = data?.data;
  if (typeof values !== "object" || values === null || Array.isArray(values) || destroyed) return undefined;
  return {
    kind: "present",
    version,
    createdTime,
    customMetadata,
    deletionTime: deletionTime || undefined,
    values: toValues({ ...values }, text),
  };
}

interface VersionMetadata {
  readonly version: unknown;
  readonly created_time: unknown;
  readonly deletion_time: unknown;
  readonly destroyed: unknown;
  readonly custom_metadata: unknown;
}

export function notKvV2(shown: string): ServerError {
  return new ServerError(diagnostic("answer-not-kv2", { path: shown }));
}

function isVersion(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

/** Whether a value is a timestamp in Vault's format. */
export function isTime(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-/.test(value) && !Number.isNaN(Date.parse(value));
}

/** Custom metadata; empty if missing, undefined if invalid. */
export function customMetadataIn(value: unknown): CustomMetadata | undefined {
  if (value === null || value === undefined) return {};
  if (typeof value !== "object" || Array.isArray(value)) return undefined;
  const members = Object.entries(value);
  const strings = members.filter((member): member is [string, string] => typeof member[1] === "string");
  return strings.length === members.length ? Object.fromEntries(strings) : undefined;
}

function hasData(body: unknown): boolean {
  return typeof body === "object" && body !== null && "data" in body && body.data !== null;
}

function toValues(data: Record<string, unknown>, text: string): ReadonlyMap<string, StoredValue> {
  const entries = Object.entries(data);
  const strings = entries.flatMap(([key, value]): [string, StoredValue][] =>
    typeof value === "string" ? [[key, new SecretValue(value)]] : [],
  );
  if (strings.length === entries.length) return new Map(strings);
  return exactValues(text);
}

/** Parses the response again without losing digits; needed only if someone stored something other than strings. */
function exactValues(text: string): ReadonlyMap<string, StoredValue> {
  return new Map(
    [...exactMembers(dataMember(dataMember(text.trim())))].map(([key, json]): [string, StoredValue] => [
      key,
      json.startsWith('"') ? new SecretValue(JSON.parse(json) as string) : new ForeignValue(json),
    ]),
  );
}

function dataMember(json: string): string {
  return exactMembers(json).get("data") ?? "{}";
}
