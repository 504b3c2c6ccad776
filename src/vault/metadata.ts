import { isDeepStrictEqual } from "node:util";
import type { SecretVersions, VersionInfo } from "../model/history.js";
import { ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { VaultLocation } from "../model/environment.js";
import type { CustomMetadata } from "../model/provenance.js";
import { explainDenied, whyRefused } from "./explain-denied.js";
import { readFresh } from "./freshness.js";
import { located } from "./locate.js";
import { carryOut } from "./outcome.js";
import { apiPath, isProvenAbsence, read, type VaultSession } from "./protocol.js";
import { customMetadataIn, isTime, notKvV2 } from "./read-state.js";

/** How often to read and write the metadata again after concurrent changes. */
const WRITES = 10;

/**
 * The metadata of one KV secret; undefined only if the server proved that there is none. Metadata that lacks a version
 * known to exist is read again.
 */
export async function readMetadata(
  session: VaultSession,
  location: VaultLocation,
  application: string,
): Promise<SecretVersions | undefined> {
  return readFresh(
    session,
    location,
    application,
    () => readOnce(session, location, application),
    (metadata) => metadata?.currentVersion ?? 0,
  );
}

async function readOnce(
  session: VaultSession,
  location: VaultLocation,
  application: string,
): Promise<SecretVersions | undefined> {
  const { mount, path } = located(session, location);
  const answer = await read(session, apiPath(mount, "metadata", path, application));
  const shown = `${mount}/metadata/${path}/${application}`;
  if (isProvenAbsence(answer)) return undefined;
  const data = (answer.body as { data?: Record<string, unknown> } | undefined)?.data;
  if (answer.status !== 200 || typeof data?.["current_version"] !== "number")
    throw await whyRefused(session, answer, { action: "read", target: shown, capability: "read", path: shown });
  const metadataVersion = data["current_metadata_version"];
  const versions = toVersions(data["versions"]);
  const customMetadata = customMetadataIn(data["custom_metadata"]);
  if (versions === undefined || customMetadata === undefined) throw notKvV2(shown);
  if (data["current_version"] > 0 && versions.size === 0) throw notKvV2(shown);
  return {
    currentVersion: data["current_version"],
    maxVersions: typeof data["max_versions"] === "number" ? data["max_versions"] : 0,
    metadataVersion: typeof metadataVersion === "number" ? metadataVersion : undefined,
    customMetadata,
    versions,
  };
}

/** Undefined unless everything is as in KV v2. */
function toVersions(value: unknown): ReadonlyMap<number, VersionInfo> | undefined {
  if (typeof value !== "object" || Array.isArray(value)) return undefined;
  const entries = Object.entries(value ?? {});
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
  if (!isTime(createdTime) || !(deletionTime === "" || isTime(deletionTime)) || typeof destroyed !== "boolean")
    return undefined;
  return { createdTime, deletionTime, destroyed };
}

/**
 * Replaces the custom metadata of one KV secret. The write policy does not allow PATCH, so it is read right before; a
 * server that versions it (OpenBao) refuses a concurrent change, and this reads again.
 */
export async function updateCustomMetadata(
  session: VaultSession,
  location: VaultLocation,
  application: string,
  update: (metadata: SecretVersions) => CustomMetadata,
): Promise<void> {
  const { mount, path } = located(session, location);
  for (let count = 1; count <= WRITES; count++) {
    const metadata = await readMetadata(session, location, application);
    if (metadata === undefined) return;
    const wanted = update(metadata);
    const cas = metadata.metadataVersion === undefined ? {} : { metadata_cas: metadata.metadataVersion };
    const outcome = await carryOut<"written" | "overtaken">(session, {
      request: {
        method: "POST",
        path: apiPath(mount, "metadata", path, application),
        body: JSON.stringify({ custom_metadata: wanted, ...cas }),
      },
      what: { kind: "metadata-written", application },
      acknowledged: ({ status }) => (status === 204 || status === 200 ? "written" : undefined),
      look: async () => {
        const now = await readMetadata(session, location, application);
        return now !== undefined && isDeepStrictEqual(now.customMetadata, wanted) ? "written" : undefined;
      },
      overtaken: ({ status, errors }) =>
        status === 400 && errors.some((error) => error.includes("metadata check-and-set")) ? "overtaken" : undefined,
      refused: async (answer) => {
        const { status, reason } = answer;
        if (status === 403) return explainDenied(session, answer, "update", `${mount}/metadata/${path}/${application}`);
        return new ServerError(diagnostic("metadata-write-refused", { status, reason }, { subject: { application } }), {
          status,
        });
      },
    });
    if (outcome === "written") return;
    await session.sleep(50 * count);
  }
  throw new ServerError(diagnostic("metadata-keeps-changing", {}, { subject: { application } }));
}
