import { ServerError } from "../errors.js";
import type { VaultLocation } from "../model/environment.js";
import type { CustomMetadata } from "../model/provenance.js";
import type { SecretVersions, VersionInfo } from "../model/versions.js";
import { explainDenied } from "./explain-denied.js";
import { ConnectionError } from "../http/connection-error.js";
import {
  apiPath,
  isProvenAbsence,
  mayPass,
  read,
  send,
  unexpected,
  UnreadableAnswer,
  type VaultSession,
} from "./protocol.js";
import { stringMembers } from "./read-state.js";

const ATTEMPTS = 4;

/** The metadata of one KV secret; undefined only if the server proved that there is none. */
export async function readMetadata(
  session: VaultSession,
  { mount, path }: VaultLocation,
  application: string,
): Promise<SecretVersions | undefined> {
  const answer = await read(session, apiPath(mount, "metadata", path, application));
  const shown = `${mount}/metadata/${path}/${application}`;
  if (isProvenAbsence(answer)) return undefined;
  if (answer.status === 403) throw await explainDenied(session, answer, "read", shown);
  const data = (answer.body as { data?: Record<string, unknown> } | undefined)?.data;
  if (answer.status !== 200 || typeof data?.["current_version"] !== "number")
    throw unexpected(session, `Reading ${shown}`, answer);
  const metadataVersion = data["current_metadata_version"];
  const versions = toVersions(data["versions"]);
  if (versions === undefined) throw new ServerError(`The answer for ${shown} is not one of a KV version 2 mount`);
  return {
    currentVersion: data["current_version"],
    maxVersions: typeof data["max_versions"] === "number" ? data["max_versions"] : 0,
    metadataVersion: typeof metadataVersion === "number" ? metadataVersion : undefined,
    customMetadata: stringMembers(data["custom_metadata"]),
    versions,
  };
}

/** Undefined if anything is not as KV v2 answers it. */
function toVersions(value: unknown): ReadonlyMap<number, VersionInfo> | undefined {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const versions = entries.map(([version, info]) => [Number(version), versionInfo(info)] as const);
  const known = versions.flatMap(([version, info]): [number, VersionInfo][] =>
    Number.isSafeInteger(version) && info ? [[version, info]] : [],
  );
  return known.length < versions.length ? undefined : new Map(known.sort(([a], [b]) => a - b));
}

function versionInfo(value: unknown): VersionInfo | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const {
    created_time: createdTime = "",
    deletion_time: deletionTime = "",
    destroyed = false,
  } = value as {
    readonly created_time?: unknown;
    readonly deletion_time?: unknown;
    readonly destroyed?: unknown;
  };
  if (typeof createdTime !== "string" || typeof deletionTime !== "string" || typeof destroyed !== "boolean")
    return undefined;
  return { createdTime, deletionTime, destroyed };
}

/**
 * Replaces the custom metadata of one KV secret. The server has no way to change a part of it, so it is read right
 * before; where the server counts its versions (OpenBao), it refuses a concurrent change, and this reads again. So it
 * does after a failure that may pass.
 */
export async function updateCustomMetadata(
  session: VaultSession,
  location: VaultLocation,
  application: string,
  update: (metadata: SecretVersions) => CustomMetadata,
): Promise<void> {
  for (let attempts = 1; ; attempts++) {
    const metadata = await readMetadata(session, location, application);
    if (metadata === undefined) return;
    const cas = metadata.metadataVersion === undefined ? {} : { metadata_cas: metadata.metadataVersion };
    const failure = await attempt(session, {
      path: apiPath(location.mount, "metadata", location.path, application),
      body: JSON.stringify({ custom_metadata: update(metadata), ...cas }),
    });
    if (failure === undefined) return;
    if (!failure.again || attempts === ATTEMPTS) {
      throw new ServerError(`The metadata of ${application} cannot be written (${failure.reason})`, {
        status: failure.status,
      });
    }
    if (failure.wait) await session.sleep(100 * 2 ** attempts);
  }
}

interface Failure {
  readonly reason: string;
  readonly status: number | undefined;
  /** Whether another attempt may succeed, and whether only after a while. */
  readonly again: boolean;
  readonly wait: boolean;
}

async function attempt(
  session: VaultSession,
  request: { readonly path: string; readonly body: string },
): Promise<Failure | undefined> {
  try {
    const answer = await send(session, { method: "POST", ...request });
    const { status, errors } = answer;
    if (status === 204 || status === 200) return undefined;
    const moved = status === 400 && errors.some((error) => error.includes("metadata check-and-set"));
    return { reason: `status ${status}`, status, again: moved || mayPass(answer), wait: !moved };
  } catch (error) {
    if (!(error instanceof ConnectionError || error instanceof UnreadableAnswer)) throw error;
    return { reason: error.message, status: error.status, again: true, wait: true };
  }
}
