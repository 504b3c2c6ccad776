import { ServerError } from "../errors.js";
import type { VaultLocation } from "../model/environment.js";
import type { VaultSession } from "./protocol.js";

/** How often something is read again that is older than what is known to be there: some six seconds in all. */
const ATTEMPTS = 6;

/** Remembers that a version of a KV secret exists: nothing older is believed for the rest of the session. */
export function knownToExist(
  { newest }: VaultSession,
  location: VaultLocation,
  application: string,
  version: number,
): void {
  const key = keyOf(location, application);
  newest.set(key, Math.max(version, newest.get(key) ?? 0));
}

/** Forgets a KV secret that was destroyed as a whole: its versions begin again at 1. */
export function knownToBeGone({ newest }: VaultSession, location: VaultLocation, application: string): void {
  newest.delete(keyOf(location, application));
}

/** The KV secrets under a prefix that are known to exist, whatever a LIST says. */
export function knownNames({ newest }: VaultSession, location: VaultLocation): string[] {
  const prefix = keyOf(location, "");
  return [...newest.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

/**
 * Reads until what comes is not older than what is known to be there. A standby answers reads itself, and may lag behind
 * the leader that has acknowledged a write.
 *
 * @param versionOf The latest version that an answer knows of; 0 for none.
 * @throws ServerError if it still is older after a while.
 */
export async function readFresh<T>(
  session: VaultSession,
  location: VaultLocation,
  application: string,
  read: () => Promise<T>,
  versionOf: (answer: T) => number,
): Promise<T> {
  const known = session.newest.get(keyOf(location, application)) ?? 0;
  for (let attempt = 1; ; attempt++) {
    const answer = await read();
    const version = versionOf(answer);
    if (version >= known) return answer;
    if (attempt > ATTEMPTS) {
      throw new ServerError(
        `Vault shows an older version of ${application} than it did before (${version || "none"} after ${known})`,
        {
          hint: "A standby that lags behind answers, or the secret was removed meanwhile. Run again once that is settled.",
        },
      );
    }
    await session.sleep(50 * 2 ** attempt);
  }
}

/**
 * Reads until what was just written shows in what comes.
 *
 * @param what Names it in the error.
 * @throws ServerError if it still does not after a while.
 */
export async function readWritten<T>(
  session: VaultSession,
  read: () => Promise<T | undefined>,
  shows: (answer: T) => boolean,
  what: string,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const answer = await read();
    if (answer !== undefined && shows(answer)) return answer;
    if (attempt > ATTEMPTS) {
      throw new ServerError(`Vault does not show ${what}, although it was just written`, {
        hint: "A standby that lags behind answers, or it was changed meanwhile. Run again once that is settled.",
      });
    }
    await session.sleep(50 * 2 ** attempt);
  }
}

function keyOf({ mount, path }: VaultLocation, application: string): string {
  return `${mount}/${path}/${application}`;
}
