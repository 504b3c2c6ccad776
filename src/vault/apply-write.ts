import { ExitCode, ServerError } from "../errors.js";
import type { ApplicationState } from "../model/current-state.js";
import type { VaultLocation } from "../model/environment.js";
import { sameStoredValue, SecretValue, type StoredValue } from "../model/secret-value.js";
import type { ApplicationWrite, PutWrite, RecoverWrite, VersionWrite } from "../model/write.js";
import { explainDenied } from "./explain-denied.js";
import {
  apiPath,
  mayPass,
  pauseAfter,
  send,
  unexpected,
  UnreadableAnswer,
  type VaultAnswer,
  type VaultSession,
} from "./protocol.js";
import { readApplication, readVersion } from "./read-state.js";
import { ConnectionError } from "../http/transport.js";

/** What became of a write. */
export type WriteOutcome =
  /** The server acknowledged it, or it was found in place after the answer had been lost. */
  | {
      readonly kind: "applied";
      readonly version: number;
      /** Why not all of it could be done, although the new version is there. */
      readonly incomplete?: ServerError;
    }
  /** Somebody else wrote meanwhile; nothing of ours was written. */
  | { readonly kind: "conflict" };

/** What a request led to; without an answer of Vault's, nobody knows. */
type Attempt = VaultAnswer | ConnectionError | UnreadableAnswer;

const WRITE_ATTEMPTS = 4;
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
  let sent = false;
  for (let attempt = 1; ; attempt++) {
    const answer = await attemptSend(session, { method: "POST", path, body });
    if (isClear(answer)) return interpretPut(session, location, write, answer);
    sent ||= wasSent(answer);
    if (attempt < WRITE_ATTEMPTS) {
      await session.sleep(pauseAfter(answer, attempt));
      const outcome = sent
        ? await lookAgain(session, location, write).catch((error: unknown) => uncertain(error, write))
        : undefined;
      if (outcome instanceof ServerError) throw outcome;
      if (outcome) return outcome;
      sent = false;
      continue;
    }
    const failure = failureOf(session, location, write, answer);
    throw sent ? uncertain(failure, write) : failure;
  }
}

/** Deleting or undeleting a version twice is the same as once, so a lost answer is simply followed by another try. */
async function changeVersion(
  session: VaultSession,
  location: VaultLocation,
  write: Pick<VersionWrite, "kind" | "application" | "version">,
): Promise<void> {
  const path = apiPath(location.mount, write.kind, location.path, write.application);
  const body = JSON.stringify({ versions: [write.version] });
  let sent = false;
  for (let attempt = 1; ; attempt++) {
    const answer = await attemptSend(session, { method: "POST", path, body });
    if (isClear(answer)) {
      if (answer.status === 204) return;
      if (answer.status === 403) throw await explainDenied(session, answer, "update", pathOf(location, write));
      throw unexpected(session, `Writing ${pathOf(location, write)}`, answer);
    }
    sent ||= wasSent(answer);
    if (attempt === WRITE_ATTEMPTS) {
      const failure = failureOf(session, location, write, answer);
      throw sent ? uncertain(failure, write) : failure;
    }
    await session.sleep(pauseAfter(answer, attempt));
  }
}

/** Whether an answer says what became of a request. */
function isClear(answer: Attempt): answer is VaultAnswer {
  return !(answer instanceof ServerError) && !mayPass(answer);
}

/** Where no connection came about, the server cannot have seen the request. */
function wasSent(answer: Attempt): boolean {
  return !(answer instanceof ConnectionError) || !answer.unconnected;
}

/** The write may have been carried out, and nobody could be asked: that must not look like "nothing was written". */
function uncertain(error: unknown, { application }: { readonly application: string }): ServerError {
  if (!(error instanceof ServerError)) throw error;
  return new ServerError(`${error.message}; whether ${application} was written is unknown`, {
    cause: error,
    status: error.status,
    hint: "Run the same command again once Vault can be reached: it looks at what is there before it writes.",
    exitCode: ExitCode.findings,
  });
}

/**
 * No check-and-set guards this, so it looks right before whether the planned version still is the latest; and after a
 * lost answer, whether anything is left.
 */
async function purge(session: VaultSession, location: VaultLocation, write: VersionWrite): Promise<WriteOutcome> {
  const path = apiPath(location.mount, "metadata", location.path, write.application);
  let sent = false;
  for (let attempt = 1; ; attempt++) {
    const state = await readApplication(session, location, write.application).catch((error: unknown) => {
      throw sent ? uncertain(error, write) : error;
    });
    if (state === undefined && sent) return { kind: "applied", version: 0 };
    if (state !== undefined && state.version !== write.version) return { kind: "conflict" };
    const answer = await attemptSend(session, { method: "DELETE", path });
    if (isClear(answer)) {
      if (answer.status === 204) return { kind: "applied", version: 0 };
      const shown = `${location.mount}/metadata/${location.path}/${write.application}`;
      if (answer.status === 403) throw await explainDenied(session, answer, "delete", shown);
      throw unexpected(session, `Destroying ${write.application}`, answer);
    }
    sent ||= wasSent(answer);
    if (attempt === WRITE_ATTEMPTS) {
      const failure =
        answer instanceof ServerError ? answer : unexpected(session, `Destroying ${write.application}`, answer);
      throw sent ? uncertain(failure, write) : failure;
    }
    await session.sleep(pauseAfter(answer, attempt));
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
    problems: [{ message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }],
    hint: `It can be read now. To delete it: vault kv delete -versions=${from}, and the path of ${application}`,
    exitCode: ExitCode.findings,
  });
}

async function attemptSend(
  session: VaultSession,
  request: { readonly method: "POST" | "DELETE"; readonly path: string; readonly body?: string },
): Promise<Attempt> {
  try {
    return await send(session, request);
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof UnreadableAnswer) return error;
    throw error;
  }
}

function failureOf(
  session: VaultSession,
  location: VaultLocation,
  write: { readonly kind: ApplicationWrite["kind"]; readonly application: string },
  answer: Attempt,
): ServerError {
  return answer instanceof ServerError ? answer : unexpected(session, `Writing ${pathOf(location, write)}`, answer);
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

function pathOf(
  { mount, path }: VaultLocation,
  write: { readonly kind: ApplicationWrite["kind"]; readonly application: string },
): string {
  const kind = write.kind === "delete" || write.kind === "undelete" ? write.kind : "data";
  return `${mount}/${kind}/${path}/${write.application}`;
}
