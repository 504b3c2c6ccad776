import pLimit from "p-limit";
import type { VaultLocation } from "../model/environment.js";
import { decodeProvenance } from "../model/provenance.js";
import { readMetadata } from "../vault/metadata.js";
import { read, type VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import type { AppliedWrite } from "./converge.js";

/** How often a standby is asked for a note that the leader has acknowledged: some six seconds in all. */
const ATTEMPTS = 6;

/**
 * Waits until the node that answers has the notes of a run. A standby gets them from the leader after the run has been
 * told that they are written; somebody who undoes the run at once would not find all of it.
 *
 * @returns The applications whose note it still does not have.
 */
export async function settle(
  session: VaultSession,
  location: VaultLocation,
  noted: readonly AppliedWrite[],
  run: string,
): Promise<string[]> {
  if (noted.length === 0 || !(await isStandby(session))) return [];
  const limit = pLimit(PARALLEL_REQUESTS);
  const missing = await Promise.all(
    noted.map((applied) =>
      limit(async () => ((await hasNote(session, location, applied, run)) ? [] : [applied.write.application])),
    ),
  );
  return missing.flat();
}

async function isStandby(session: VaultSession): Promise<boolean> {
  const answer = await read(session, "sys/leader").catch(() => undefined);
  const { ha_enabled, is_self } = (answer?.body ?? {}) as { readonly ha_enabled?: unknown; readonly is_self?: unknown };
  return ha_enabled === true && is_self === false;
}

async function hasNote(
  session: VaultSession,
  location: VaultLocation,
  { write, version }: AppliedWrite,
  run: string,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const metadata = await readMetadata(session, location, write.application).catch(() => undefined);
    const { writers, events } = decodeProvenance(metadata?.customMetadata ?? {});
    // What somebody else has written since may have made room for its own note.
    const overtaken = (metadata?.currentVersion ?? 0) > version;
    if (overtaken || writers.get(version)?.run === run || events.some((event) => event.run === run)) return true;
    if (attempt > ATTEMPTS) return false;
    await session.sleep(50 * 2 ** attempt);
  }
}
