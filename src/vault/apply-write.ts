import { VaultError } from "../errors.js";
import type { ApplicationState } from "../model/current-state.js";
import type { VaultLocation } from "../model/environment.js";
import { sameStoredValue, SecretValue, type StoredValue } from "../model/secret-value.js";
import type { ApplicationWrite } from "../model/write.js";
import { explainDenied } from "./errors.js";
import { apiPath, send, unexpected, type VaultAnswer, type VaultSession } from "./protocol.js";
import { readApplication } from "./read-state.js";
import { ConnectionError } from "./transport.js";

/** What became of a write. */
export type WriteOutcome =
  /** The server acknowledged it, or it was found in place after the answer had been lost. */
  | { readonly kind: "applied"; readonly version: number }
  /** Somebody else wrote meanwhile; nothing of ours was written. */
  | { readonly kind: "conflict" };

const WRITE_ATTEMPTS = 4;
const UNCERTAIN_STATUS = new Set([412, 429, 500, 502, 504]);
const CAS_MISMATCH = /check-and-set parameter did not match/;

/**
 * Carries out one write, exactly once: after a lost answer the server is asked what it holds before anything is
 * repeated. Never overwrites a version other than the planned one.
 */
export async function applyWrite(
  session: VaultSession,
  location: VaultLocation,
  write: ApplicationWrite,
): Promise<WriteOutcome> {
  for (let attempt = 1; ; attempt++) {
    const answer = await attemptWrite(session, location, write);
    if (!(answer instanceof ConnectionError) && !UNCERTAIN_STATUS.has(answer.status))
      return interpret(session, location, write, answer);
    if (attempt === WRITE_ATTEMPTS) {
      throw answer instanceof ConnectionError
        ? answer
        : unexpected(session, `Writing ${pathOf(location, write)}`, answer);
    }
    await session.sleep(100 * 2 ** attempt);
    const outcome = await lookAgain(session, location, write);
    if (outcome) return outcome;
  }
}

async function attemptWrite(
  session: VaultSession,
  { mount, path }: VaultLocation,
  write: ApplicationWrite,
): Promise<VaultAnswer | ConnectionError> {
  try {
    return await send(session, {
      method: "POST",
      path: apiPath(mount, write.kind === "put" ? "data" : "delete", path, write.application),
      body: write.kind === "put" ? putBody(write.values, write.cas) : JSON.stringify({ versions: [write.version] }),
    });
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
}

/** Written by hand, because values of other types are carried over as the very text that the server sent. */
function putBody(values: ReadonlyMap<string, StoredValue>, cas: number): string {
  const members = [...values].map(
    ([key, value]) =>
      `${JSON.stringify(key)}:${value instanceof SecretValue ? JSON.stringify(value.reveal()) : value.revealJson()}`,
  );
  return `{"data":{${members.join(",")}},"options":{"cas":${cas}}}`;
}

async function interpret(
  session: VaultSession,
  location: VaultLocation,
  write: ApplicationWrite,
  answer: VaultAnswer,
): Promise<WriteOutcome> {
  if (answer.status === 400 && answer.errors.some((error) => CAS_MISMATCH.test(error))) return { kind: "conflict" };
  if (answer.status === 403) {
    const capability = write.kind === "put" && write.cas === 0 ? "create" : "update";
    throw await explainDenied(session, capability, pathOf(location, write));
  }
  if (write.kind === "delete" && answer.status === 204) return { kind: "applied", version: write.version };
  const version = (answer.body as { data?: { version?: unknown } } | undefined)?.data?.version;
  if (write.kind === "put" && answer.status === 200 && typeof version === "number") return { kind: "applied", version };
  if (answer.status === 204) {
    throw new VaultError(`The mount "${location.mount}" of Vault at ${session.url} is not KV version 2`, {
      hint: "Check the mount in vaultPathPrefix.",
    });
  }
  throw unexpected(session, `Writing ${pathOf(location, write)}`, answer);
}

/** Undefined: the write did not happen and can be repeated. */
async function lookAgain(
  session: VaultSession,
  location: VaultLocation,
  write: ApplicationWrite,
): Promise<WriteOutcome | undefined> {
  if (write.kind === "delete") return undefined;
  const state = await readApplication(session, location, write.application);
  const version = state?.version ?? 0;
  if (version === write.cas) return undefined;
  return version === write.cas + 1 && holds(state, write.values) ? { kind: "applied", version } : { kind: "conflict" };
}

function holds(state: ApplicationState | undefined, values: ReadonlyMap<string, StoredValue>): boolean {
  if (state?.kind !== "present" || state.values.size !== values.size) return false;
  return [...values].every(([key, value]) => sameStoredValue(state.values.get(key), value));
}

function pathOf({ mount, path }: VaultLocation, { kind, application }: ApplicationWrite): string {
  return `${mount}/${kind === "put" ? "data" : "delete"}/${path}/${application}`;
}
