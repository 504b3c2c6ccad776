import { ExitCode, ServerError } from "../errors.js";
import type { ApplicationState } from "../model/current-state.js";
import type { VaultLocation } from "../model/environment.js";
import { sameStoredValue, SecretValue, type StoredValue } from "../model/secret-value.js";
import type { ApplicationWrite, PutWrite, RecoverWrite } from "../model/write.js";
import { commandLine } from "../model/shell.js";
import {
  attemptSend,
  failureOf,
  isClear,
  pathOf,
  uncertain,
  wasSent,
  WRITE_ATTEMPTS,
  type WriteOutcome,
} from "./attempts.js";
import { changeVersion, purge } from "./change-version.js";
import { explainDenied } from "./explain-denied.js";
import { apiPath, pauseAfter, unexpected, type VaultAnswer, type VaultSession } from "./protocol.js";
import { readApplication, readVersion } from "./read-state.js";

const CAS_MISMATCH = /check-and-set parameter did not match/;

/** Carries out one write, exactly once. Never overwrites a version other than the planned one. */
export async function applyWrite(
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

/** After a lost answer the server is asked what it holds before anything is repeated. */
async function put(session: VaultSession, location: VaultLocation, write: PutWrite): Promise<WriteOutcome> {
  const path = apiPath(location.mount, "data", location.path, write.application);
  const body = putBody(write.values, write.cas);
  for (let attempt = 1; ; attempt++) {
    const answer = await attemptSend(session, { method: "POST", path, body });
    if (isClear(answer)) return interpretPut(session, location, write, answer);
    const sent = wasSent(answer);
    if (attempt === WRITE_ATTEMPTS) {
      const failure = failureOf(session, location, write, answer);
      throw sent ? uncertain(failure, write) : failure;
    }
    await session.sleep(pauseAfter(answer, attempt));
    if (!sent) continue;
    const outcome = await lookAgain(session, location, write).catch((error: unknown): never => {
      throw uncertain(error, write);
    });
    if (outcome) return outcome;
  }
}

async function recover(session: VaultSession, location: VaultLocation, write: RecoverWrite): Promise<WriteOutcome> {
  const { application, from: version } = write;
  const deleteAgain = (): Promise<void> => changeVersion(session, location, { kind: "delete", application, version });
  await changeVersion(session, location, { kind: "undelete", application, version });
  let outcome: WriteOutcome;
  try {
    const old = await readVersion(session, location, application, version);
    if (old?.kind !== "present") {
      throw new ServerError(`Version ${version} of ${application} cannot be read although it was undeleted`, {
        hint: "It may have been destroyed meanwhile.",
      });
    }
    outcome = await put(session, location, { ...write, kind: "put", values: old.values });
  } catch (error) {
    await deleteAgain().catch((failure: unknown) => {
      throw stillThere(failure, write);
    });
    throw error;
  }
  try {
    await deleteAgain();
  } catch (error) {
    if (outcome.kind === "applied") return { ...outcome, incomplete: stillThere(error, write) };
    throw stillThere(error, write);
  }
  return outcome;
}

function stillThere(error: unknown, { application, from }: RecoverWrite): ServerError {
  if (!(error instanceof ServerError)) throw error;
  return new ServerError(`Version ${from} of ${application}, undeleted to be read, could not be deleted again`, {
    cause: error,
    problems: [{ message: error.message, hint: error.hint }],
    hint: `It can be read now. To delete it: ${commandLine("vault", "kv", "delete", `-versions=${from}`)}, and the path of ${application}`,
    exitCode: ExitCode.findings,
  });
}

/** Written by hand, because values of other types are carried over as the very text that the server sent. */
function putBody(values: ReadonlyMap<string, StoredValue>, cas: number): string {
  const members = [...values].map(
    ([key, value]) =>
      `${JSON.stringify(key)}:${value instanceof SecretValue ? JSON.stringify(value.reveal()) : value.revealJson()}`,
  );
  return `{"data":{${members.join(",")}},"options":{"cas":${cas}}}`;
}

async function interpretPut(
  session: VaultSession,
  location: VaultLocation,
  write: PutWrite,
  answer: VaultAnswer,
): Promise<WriteOutcome> {
  if (answer.status === 400 && answer.errors.some((error) => CAS_MISMATCH.test(error))) return { kind: "conflict" };
  if (answer.status === 403)
    throw await explainDenied(session, answer, write.cas === 0 ? "create" : "update", pathOf(location, write));
  const version = (answer.body as { data?: { version?: unknown } } | undefined)?.data?.version;
  if (answer.status === 200 && typeof version === "number") return { kind: "applied", version };
  if (answer.status === 204) {
    throw new ServerError(`The mount "${location.mount}" of Vault at ${session.url} is not KV version 2`, {
      hint: "Check the mount in vaultPathPrefix.",
    });
  }
  const failure = unexpected(session, `Writing ${pathOf(location, write)}`, answer);
  // Success, but not as Vault words it.
  throw answer.status < 300 ? uncertain(failure, write) : failure;
}

/** Undefined: the write did not happen and can be repeated. */
async function lookAgain(
  session: VaultSession,
  location: VaultLocation,
  write: PutWrite,
): Promise<WriteOutcome | undefined> {
  const state = await readApplication(session, location, write.application);
  const version = state?.version ?? 0;
  if (version === write.cas) return undefined;
  // Somebody may have written after us already; then our version is the one before theirs.
  const own =
    version === write.cas + 1 ? state : await readVersion(session, location, write.application, write.cas + 1);
  return holds(own, write.values) ? { kind: "applied", version: write.cas + 1 } : { kind: "conflict" };
}

function holds(state: ApplicationState | undefined, values: ReadonlyMap<string, StoredValue>): boolean {
  if (state?.kind !== "present" || state.values.size !== values.size) return false;
  return [...values].every(([key, value]) => sameStoredValue(state.values.get(key), value));
}
