import pLimit from "p-limit";
import { ServerError } from "../errors.js";
import type { ApplicationState } from "../model/current-state.js";
import type { VaultLocation } from "../model/environment.js";
import { ForeignValue, SecretValue, type StoredValue } from "../model/secret-value.js";
import { boundAnswers } from "./bound-answers.js";
import { exactMembers } from "./exact-members.js";
import { explainDenied } from "./explain-denied.js";
import { readFresh } from "./freshness.js";
import { requireKvV2 } from "./mount.js";
import { apiPath, isProvenAbsence, read, unexpected, type VaultAnswer, type VaultSession } from "./protocol.js";

/** Requests under way at once. */
export const PARALLEL_REQUESTS = 16;

/**
 * The latest versions of the given KV secrets, read in parallel. Those that do not exist are left out.
 *
 * @param deniedIsAbsent Whether one that may not be read counts as absent; a create is check-and-set 0 anyway.
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
  // A KV v1 mount may have names here too, none of which can be read as a version.
  if (states.length > 0 && found.size === 0) await requireKvV2(session, location);
  return found;
}

/** The path of the request for {@link readApplication}. */
export function latestPath({ mount, path }: VaultLocation, application: string): string {
  return apiPath(mount, "data", path, application);
}

/**
 * The latest version of one KV secret; undefined only if the server proved that there is none. An older one than is known
 * to exist is read again.
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
  const answer = await read(session, latestPath(location, application) + query);
  const shown = `${location.mount}/data/${location.path}/${application}`;
  if (answer.status === 403) throw await explainDenied(session, answer, "read", shown);
  if (isProvenAbsence(answer)) return undefined;
  if (answer.status !== 200 && !(answer.status === 404 && hasData(answer.body)))
    throw unexpected(session, `Reading ${shown}`, answer);
  const { data, metadata } = versionOf(answer, shown);
  const { version, created_time: createdTime, deletion_time: deletionTime, destroyed } = metadata;
  const customMetadata = stringMembers(metadata.custom_metadata);
  if (answer.status === 404)
    return { kind: destroyed ? "destroyed" : "deleted", version, createdTime, customMetadata, deletionTime };
  return { kind: "present", version, createdTime, customMetadata, values: toValues(data ?? {}, answer.text) };
}

interface VersionMetadata {
  readonly version: number;
  readonly created_time: string;
  readonly deletion_time: string;
  readonly destroyed: boolean;
  readonly custom_metadata: unknown;
}

/** The members of an object that are strings, as all of custom metadata is. */
export function stringMembers(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((member): member is [string, string] => typeof member[1] === "string"),
  );
}

function hasData(body: unknown): boolean {
  return typeof body === "object" && body !== null && "data" in body && body.data !== null;
}

function versionOf(
  { body }: VaultAnswer,
  shown: string,
): { data: Record<string, unknown> | null; metadata: VersionMetadata } {
  const { data } = (body ?? {}) as { data?: { data?: unknown; metadata?: Partial<VersionMetadata> } | null };
  const metadata = data?.metadata;
  const values = data?.data ?? null;
  if (
    !Number.isSafeInteger(metadata?.version) ||
    typeof metadata?.version !== "number" ||
    typeof metadata.created_time !== "string" ||
    typeof (metadata.deletion_time ?? "") !== "string" ||
    typeof (metadata.destroyed ?? false) !== "boolean" ||
    typeof values !== "object" ||
    Array.isArray(values)
  ) {
    throw new ServerError(`The answer for ${shown} is not one of a KV version 2 mount`, {
      hint: "Check vaultUrl and the mount in vaultPathPrefix.",
    });
  }
  const { version, created_time, deletion_time = "", destroyed = false, custom_metadata } = metadata;
  return {
    data: values as Record<string, unknown> | null,
    metadata: { version, created_time, deletion_time, destroyed, custom_metadata },
  };
}

function toValues(data: Record<string, unknown>, text: string): ReadonlyMap<string, StoredValue> {
  const entries = Object.entries(data);
  const strings = entries.flatMap(([key, value]): [string, StoredValue][] =>
    typeof value === "string" ? [[key, new SecretValue(value)]] : [],
  );
  if (strings.length === entries.length) return new Map(strings);
  return exactValues(text);
}

/** Reads the answer once more without losing a digit; only needed where somebody stored other things than strings. */
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
