import type { DeletedApplication } from "../model/current-state.js";
import type { ApplicationHistory } from "../model/history.js";
import type { TakenBack } from "../model/plan.js";
import { decodeProvenance } from "../model/provenance.js";

/**
 * Which version has the good values, if a restore soft-deleted the latest one: not that one, which it took back.
 * Undefined if somebody else deleted it, or a sync: then it has them itself. KV has no trace of earlier undeletes, so an
 * event without the server's time of deletion leaves it unknown.
 */
export function takenBackLatest({
  version,
  deletionTime,
  customMetadata,
}: Pick<DeletedApplication, "version" | "deletionTime" | "customMetadata">): TakenBack | undefined {
  const { events, keys, runs, writers } = decodeProvenance(customMetadata);
  const own = (of: number) => events.filter((event) => event.version === of);
  const last = own(version).at(-1);
  if (last?.kind !== "delete") return undefined;
  if (Date.parse(last.time) !== Date.parse(deletionTime)) return {};
  let before = version;
  for (;;) {
    const left = own(before);
    // An undelete that was taken back leaves it as it was.
    while (left.at(-1)?.kind === "delete" && left.at(-2)?.kind === "undelete") left.splice(-2);
    const event = left.at(-1);
    const command = event && runs.get(event.run)?.command;
    const isGood = event?.kind !== "delete" || (command !== undefined && command !== "" && command !== "restore");
    if (isGood) return before === version ? undefined : { before };
    const run = writers.get(before)?.run;
    if (command !== "restore" || run === undefined) return {};
    while (writers.get(before)?.run === run) before--;
    // There is no other version.
    if (before === 0) return undefined;
    // What it did not write it carried over from a version that was there.
    const carried = before + 1;
    if ([...keys.values()].some(({ changedIn }) => changedIn < carried)) return {};
  }
}

/** The same, where it is known which versions Vault still has. */
export function takenBackIn({ metadata: { customMetadata }, versions }: ApplicationHistory): TakenBack | undefined {
  const latest = versions.at(-1);
  const found = latest?.deleted ? takenBackLatest({ ...latest, customMetadata }) : undefined;
  const before = found?.before;
  const isThere = before === undefined || versions.some(({ version, destroyed }) => version === before && !destroyed);
  return isThere ? found : {};
}
