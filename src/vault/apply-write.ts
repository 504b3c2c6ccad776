import { ExitCode, ServerError } from "../errors.js";
import type { ApplicationState } from "../model/current-state.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type VaultLocation, vaultPrefix } from "../model/environment.js";
import { decodeProvenance, encodeProvenance } from "../model/provenance.js";
import { sameStoredValue, SecretValue, type StoredValue } from "../model/secret-value.js";
import type { ApplicationWrite, PutWrite, RecoverWrite } from "../model/write.js";
import { changeVersion, purge } from "./change-version.js";
import { retry, until } from "../http/retry.js";
import { whyRefused } from "./explain-denied.js";
import { knownToBeGone, knownToExist } from "./freshness.js";
import { located } from "./locate.js";
import { readMetadata, updateCustomMetadata } from "./metadata.js";
import { carryOut, type WriteOutcome } from "./outcome.js";
import { apiPath, type Reply, type VaultAnswer, type VaultSession } from "./protocol.js";
import { isTime, readVersion } from "./read-state.js";

const CAS_MISMATCH = /check-and-set parameter did not match/;

/**
 * Performs one write, exactly once. Never overwrites a version other than the planned one. The session remembers what
 * it learns about the secret.
 *
 * @throws UnknownOutcome if it could not be determined whether it was written.
 */
export async function applyWrite(
  session: VaultSession,
  location: VaultLocation,
  write: ApplicationWrite,
): Promise<WriteOutcome> {
  const outcome = await carriedOut(session, location, write);
  if (write.kind === "purge") knownToBeGone(session, location, write.application);
  else if (outcome.kind === "applied") knownToExist(session, location, write.application, outcome.version);
  return outcome;
}

async function carriedOut(
  session: VaultSession,
  location: VaultLocation,
  write: ApplicationWrite,
): Promise<WriteOutcome> {
  switch (write.kind) {
    case "put":
      return put(session, location, write);
    case "delete":
    case "undelete":
      await changeVersion(session, location, write);
      return { kind: "applied", version: write.version };
    case "purge":
      return purge(session, location, write);
    case "recover":
      return recover(session, location, write);
  }
}

/** Check-and-set makes a retry safe: at most one of the requests can become version `cas + 1`. */
function put(session: VaultSession, location: VaultLocation, write: PutWrite): Promise<WriteOutcome> {
  const { mount, path } = located(session, location);
  const { application, cas } = write;
  const shown = `${mount}/data/${path}/${application}`;
  return carryOut<WriteOutcome>(session, {
    request: {
      method: "POST",
      path: apiPath(mount, "data", path, application),
      body: putBody(write.values, cas),
    },
    what: { kind: "application-written", application },
    acknowledged: (answer) =>
      answer.status === 200 && versionIn(answer) === cas + 1
        ? { kind: "applied", version: cas + 1, deletionTime: deletionTimeIn(answer) }
        : undefined,
    look: async (reply, doubt) => {
      const latest = await readVersion(session, location, application, undefined);
      // Read by number too: a cache in between may have the one response but not the other.
      const next = latest?.version === cas + 1 ? latest : await readVersion(session, location, application, cas + 1);
      if (next === undefined && (latest?.version ?? 0) > cas) return { kind: "conflict" };
      if (next !== undefined) {
        knownToExist(session, location, application, cas + 1);
        if (!holds(next, write.values)) return { kind: "conflict" };
        // If a request of ours may have created it, it counts as ours too, no matter whose note came first.
        const twin = doubt ? undefined : await signerOf(session, location, application, cas + 1);
        const deletionTime = next.deletionTime || undefined;
        return twin === undefined ? { kind: "applied", version: cas + 1, deletionTime } : { kind: "conflict", twin };
      }
      // Destroyed as a whole in the meantime, regardless of our request: its versions start again.
      return isOvertaken(reply) && (latest?.version ?? 0) < cas ? { kind: "conflict" } : undefined;
    },
    overtaken: (answer) => (isOvertaken(answer) ? { kind: "conflict" } : undefined),
    refused: async (answer) => {
      if (answer.status === 204) return new ServerError(diagnostic("mount-not-kv2", { url: session.url, mount }));
      const capability = cas === 0 ? "create" : "update";
      return whyRefused(session, answer, { action: "write", target: shown, capability, path: shown });
    },
  });
}

/** How often to look for someone's note on a version that also holds what we have written: most of a second. */
const LOOKS_FOR_NOTE = 4;

/**
 * The run that has written the note of a version, which may happen shortly after the write: equal values alone do not
 * tell who wrote them, and we have not written a note yet.
 */
async function signerOf(
  session: VaultSession,
  location: VaultLocation,
  application: string,
  version: number,
): Promise<string | undefined> {
  return retry(
    async () => {
      const metadata = await readMetadata(session, location, application);
      return decodeProvenance(metadata?.customMetadata ?? {}).writers.get(version)?.run;
    },
    until((signer) => signer !== undefined, LOOKS_FOR_NOTE),
    session.sleep,
  );
}

function isOvertaken(reply: Reply): boolean {
  if (reply instanceof ServerError) return false;
  return reply.status === 400 && reply.errors.some((error) => CAS_MISMATCH.test(error));
}

function versionIn({ body }: VaultAnswer): unknown {
  return (body as { data?: { version?: unknown } } | undefined)?.data?.version;
}

function deletionTimeIn({ body }: VaultAnswer): string | undefined {
  const time = (body as { data?: { deletion_time?: unknown } } | undefined)?.data?.deletion_time;
  return isTime(time) ? time : undefined;
}

/** How often to read a version that was just undeleted: about six seconds in all. */
const READS_OF_UNDELETED = 7;

/** A version that was undeleted and deleted again is unchanged, but something was written to Vault. */
function afterChanges(error: unknown): unknown {
  if (!(error instanceof ServerError) || error.exitCode === ExitCode.findings) return error;
  const { diagnostic, problems, status } = error;
  return new ServerError(diagnostic, { cause: error, problems, status, exitCode: ExitCode.findings });
}

async function recover(session: VaultSession, location: VaultLocation, write: RecoverWrite): Promise<WriteOutcome> {
  const { application, from: version } = write;
  const before = await readVersion(session, location, application, version);
  const deleteAgain = (): Promise<void> =>
    changeVersion(
      session,
      location,
      { kind: "delete", application, version },
      before?.kind === "deleted" ? before.deletionTime : undefined,
    );
  await noteRecovery(session, location, application, version);
  let outcome: WriteOutcome;
  try {
    await changeVersion(session, location, { kind: "undelete", application, version });
    // A standby may still report it as deleted.
    const old = await retry(
      () => readVersion(session, location, application, version),
      until((state) => state?.kind === "present" || state?.kind === "destroyed", READS_OF_UNDELETED),
      session.sleep,
    );
    if (old?.kind !== "present") {
      throw new ServerError(diagnostic("undeleted-version-unreadable", { version }, { subject: { application } }));
    }
    outcome = await put(session, location, { ...write, kind: "put", values: old.values });
  } catch (error) {
    await deleteAgain().catch((failure: unknown) => {
      throw stillThere(failure, location, write);
    });
    await noteRecovery(session, location, application, undefined);
    throw afterChanges(error);
  }
  try {
    await deleteAgain();
  } catch (error) {
    if (outcome.kind === "applied") return { ...outcome, incomplete: stillThere(error, location, write) };
    throw stillThere(error, location, write);
  }
  return outcome;
}

/**
 * Deletes a version again that an interrupted restore left undeleted.
 *
 * @throws UnknownOutcome if it could not be determined whether it was deleted.
 */
export async function finishRecovery(
  session: VaultSession,
  location: VaultLocation,
  application: string,
  version: number,
): Promise<void> {
  await changeVersion(session, location, { kind: "delete", application, version });
  await noteRecovery(session, location, application, undefined);
}

/** If the process ends before the version is deleted again, the next restore finds this note. Nothing depends on it. */
async function noteRecovery(
  session: VaultSession,
  location: VaultLocation,
  application: string,
  recovering: number | undefined,
): Promise<void> {
  await updateCustomMetadata(session, location, application, ({ customMetadata }) =>
    encodeProvenance(customMetadata, { ...decodeProvenance(customMetadata), recovering }),
  ).catch((error: unknown) => {
    if (!(error instanceof ServerError)) throw error;
  });
}

function stillThere(error: unknown, location: VaultLocation, { application, from }: RecoverWrite): ServerError {
  if (!(error instanceof ServerError)) throw error;
  const details = { version: from, path: `${vaultPrefix(location)}/${application}` };
  return new ServerError(diagnostic("undeleted-version-left", details, { subject: { application } }), {
    cause: error,
    problems: [error.diagnostic],
    exitCode: ExitCode.findings,
  });
}

/** From this size on, a body may exceed what the server's storage accepts: Raft refuses entries of more than 1 MiB. */
const LARGE = 2 ** 19;

/** Whether it may be too large for the server, which only the write itself shows. */
export function isLarge(write: ApplicationWrite): boolean {
  return write.kind === "put" && Buffer.byteLength(putBody(write.values, write.cas)) >= LARGE;
}

/** Serialised by hand, because values of other types are carried over as the exact text that the server sent. */
function putBody(values: ReadonlyMap<string, StoredValue>, cas: number): string {
  const members = [...values].map(
    ([key, value]) =>
      `${JSON.stringify(key)}:${value instanceof SecretValue ? JSON.stringify(value.reveal()) : value.revealJson()}`,
  );
  return `{"data":{${members.join(",")}},"options":{"cas":${cas}}}`;
}

function holds(state: ApplicationState, values: ReadonlyMap<string, StoredValue>): boolean {
  if (state.kind !== "present" || state.values.size !== values.size) return false;
  return [...values].every(([key, value]) => sameStoredValue(state.values.get(key), value));
}
