import { ServerError } from "../errors.js";
import { retry, until } from "../http/retry.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { WrittenCredential } from "../model/diagnostics/vault.js";
import type { VaultLocation } from "../model/environment.js";
import type { VaultSession } from "./protocol.js";

/** How often to read again if the result is older than what is known to exist: about six seconds in all. */
const READS = 7;

/** Remembers that a version of a KV secret exists: for the rest of the session, older results are rejected. */
export function knownToExist(
  { newest }: VaultSession,
  location: VaultLocation,
  application: string,
  version: number,
): void {
  const key = keyOf(location, application);
  newest.set(key, Math.max(version, newest.get(key) ?? 0));
}

/** Forgets a KV secret that was destroyed as a whole: its versions restart at 1. */
export function knownToBeGone({ newest }: VaultSession, location: VaultLocation, application: string): void {
  newest.delete(keyOf(location, application));
}

/** The KV secrets under a prefix that are known to exist, regardless of LIST. */
export function knownNames({ newest }: VaultSession, location: VaultLocation): string[] {
  const prefix = keyOf(location, "");
  return [...newest.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

/**
 * Reads until the result is not older than what is known to exist. A standby serves reads itself, and may lag behind
 * the leader that acknowledged a write.
 *
 * @param versionOf The latest version in a response; 0 for none.
 * @throws ServerError if it is still older after a while.
 */
export async function readFresh<T>(
  session: VaultSession,
  location: VaultLocation,
  application: string,
  read: () => Promise<T>,
  versionOf: (answer: T) => number,
): Promise<T> {
  const known = session.newest.get(keyOf(location, application)) ?? 0;
  const isFresh = (answer: T): boolean => versionOf(answer) >= known;
  const answer = await retry(read, until(isFresh, READS), session.sleep);
  if (isFresh(answer)) return answer;
  const details = { version: versionOf(answer), known };
  throw new ServerError(diagnostic("vault-lags-behind", details, { subject: { application } }));
}

/**
 * Reads until the result includes what was just written.
 *
 * @throws ServerError if it still does not after a while.
 */
export async function readWritten<T>(
  session: VaultSession,
  written: WrittenCredential,
  read: () => Promise<T | undefined>,
  shows: (answer: T) => boolean,
): Promise<T> {
  const isThere = (answer: T | undefined): answer is T => answer !== undefined && shows(answer);
  const answer = await retry(read, until(isThere, READS), session.sleep);
  if (isThere(answer)) return answer;
  throw new ServerError(diagnostic("credential-not-shown", { written }));
}

function keyOf({ mount, path }: VaultLocation, application: string): string {
  return `${mount}/${path}/${application}`;
}
