import pLimit from "p-limit";
import { retry, until } from "../http/retry.js";
import type { VaultLocation } from "../model/environment.js";
import { decodeProvenance } from "../model/provenance.js";
import { readMetadata } from "../vault/metadata.js";
import { read, type VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import type { AppliedWrite } from "./apply-plan.js";

/** How often to ask a standby for a note that the leader has acknowledged: about six seconds in all. */
const LOOKS_FOR_NOTE = 7;

/**
 * Waits until the responding node has a run's notes. A standby receives them from the leader only after the run's
 * writes were acknowledged, so an immediate undo would miss some of the run.
 *
 * @returns The applications whose note it still does not have.
 */
export async function settle(
  session: VaultSession,
  location: VaultLocation,
  noted: readonly AppliedWrite[],
  run: string,
): Promise<string[]> {
  if (!(await isStandby(session))) return [];
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
  const look = async (): Promise<boolean> => {
    const metadata = await readMetadata(session, location, write.application).catch(() => undefined);
    const { writers, events } = decodeProvenance(metadata?.customMetadata ?? {});
    // A later write by someone else may have replaced the note with its own.
    const overtaken = (metadata?.currentVersion ?? 0) > version;
    return overtaken || writers.get(version)?.run === run || events.some((event) => event.run === run);
  };
  return retry(
    look,
    until((noted) => noted, LOOKS_FOR_NOTE),
    session.sleep,
  );
}
