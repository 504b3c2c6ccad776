import type { ApplicationHistory, HistoryEntry, HistoryEvent } from "../model/history.js";
import { splitName } from "../model/secret.js";
import { alignByRun } from "./history.js";

export interface EventFilter {
  /** As APP or APP/KEY; none: all. */
  readonly names: readonly string[];
  readonly since?: Date | undefined;
  /** At most this many, the newest. */
  readonly limit?: number | undefined;
}

export function filterEvents(
  events: readonly HistoryEvent[],
  { names, since, limit = Number.POSITIVE_INFINITY }: EventFilter,
): HistoryEvent[] {
  const chosen = new Set(names);
  const isChosen = ({ application, changes }: HistoryEntry): boolean =>
    chosen.size === 0 ||
    chosen.has(application) ||
    (changes === undefined
      ? names.some((name) => name.startsWith(`${application}/`))
      : Object.values(changes).some((keys: readonly string[]) =>
          keys.some((key) => chosen.has(`${application}/${key}`)),
        ));
  return events
    .filter(({ time }) => since === undefined || Date.parse(time) >= since.getTime())
    .map((event) => ({ ...event, entries: event.entries.filter(isChosen) }))
    .filter(({ entries }) => entries.length > 0)
    .slice(0, limit);
}

/**
 * The versions whose values are needed to describe the requested events: theirs, and those right before.
 *
 * @param histories Without values; the write times are known.
 */
export function versionsOf(
  histories: readonly ApplicationHistory[],
  { names, limit, ...filter }: EventFilter,
): Map<string, Set<number>> {
  // Which keys an event changed, and so which events count, is not known yet.
  const byKey = names.some((name) => splitName(name)[1] !== undefined);
  const events = filterEvents(alignByRun(histories), { names: [], ...filter, ...(byKey ? {} : { limit }) });
  const versions = new Map<string, Set<number>>();
  for (const { application, version, kind } of events.flatMap(({ entries }) => entries)) {
    if (kind !== "write") continue;
    const known = versions.get(application) ?? new Set();
    versions.set(application, known.add(version).add(version - 1));
  }
  return versions;
}
