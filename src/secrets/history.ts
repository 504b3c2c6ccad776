import { compareCodePoints } from "../model/code-points.js";
import type {
  ApplicationHistory,
  HistoricVersion,
  HistoryEntry,
  HistoryEvent,
  KeyChanges,
  KeyHistory,
  KeyWrite,
} from "../model/history.js";
import type { Provenance, VersionWriter } from "../model/provenance.js";
import { UNTOLD } from "../model/run-note.js";
import { sameStoredValue, type StoredValue } from "../model/secret-value.js";

/** Groups the versions of many applications by run, newest event first. */
export function alignByRun(histories: readonly ApplicationHistory[]): HistoryEvent[] {
  const writers = new Map(
    histories.flatMap(({ provenance }) =>
      [...provenance.writers.values()].map((writer) => [writer.run, writer] as const),
    ),
  );
  const notes = new Map(histories.flatMap(({ provenance }) => [...provenance.runs]));
  const environments = environmentsOf(histories);
  const events = new Map<string, { time: string; writer: HistoryEvent["writer"]; entries: HistoryEntry[] }>();
  const add = (id: string, time: string, version: VersionWriter | undefined, entry: HistoryEntry): void => {
    const environment = version && environments.get(version.run);
    const told = version && (notes.get(version.run) ?? UNTOLD);
    const writer = version && told && { ...version, ...told, ...(environment !== undefined && { environment }) };
    const event = events.get(id);
    if (event === undefined) events.set(id, { time, writer, entries: [entry] });
    else {
      event.entries.push(entry);
      if (Date.parse(time) < Date.parse(event.time)) event.time = time;
    }
  };
  for (const { application, versions, provenance } of histories.toSorted(byApplication)) {
    for (const [i, version] of versions.entries()) {
      const writer = provenance.writers.get(version.version);
      const entry = entryOf(application, version, versions[i - 1]);
      add(writer?.run ?? `${application}@${version.version}`, version.createdTime, writer, entry);
    }
    for (const [i, version] of versions.entries()) {
      if (!isDeletedByOthers(version, versions[i + 1], provenance)) continue;
      const id = `${application}@${version.version}-`;
      add(id, version.deletionTime, undefined, eventEntry(application, "delete", version.version));
    }
    for (const { kind, version, time, run } of provenance.events) {
      const writer = writers.get(run) ?? { run, commit: "", tool: "" };
      add(run, time, writer, eventEntry(application, kind, version));
    }
  }
  return [...events.values()]
    .map((event) => ({
      ...event,
      entries: event.entries.toSorted((a, b) => byApplication(a, b) || a.version - b.version),
    }))
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time))
    .reverse();
}

/** By run: an application's note of its environment is that of the run which noted last. */
function environmentsOf(histories: readonly ApplicationHistory[]): ReadonlyMap<string, string> {
  const found = new Map<string, Set<string>>();
  for (const { provenance } of histories) {
    const { environment, writers, events } = provenance;
    const [version, writer] = [...writers].sort(([a], [b]) => b - a)[0] ?? [0, undefined];
    const event = events.at(-1);
    const run = event !== undefined && event.version >= version ? event.run : writer?.run;
    if (environment !== undefined && run !== undefined) found.set(run, (found.get(run) ?? new Set()).add(environment));
  }
  // Where notes were taken over by another environment, they no longer tell.
  return new Map(
    [...found].flatMap(([run, [environment = "", ...others]]) => (others.length > 0 ? [] : [[run, environment]])),
  );
}

/**
 * Whether someone else, or Vault itself, deleted a version while it was the latest. A later deletion hid nothing from
 * anyone, and may come from a restore that had read the version.
 */
function isDeletedByOthers(
  { version, deleted, deletionTime }: HistoricVersion,
  next: HistoricVersion | undefined,
  { events }: Provenance,
): boolean {
  if (!deleted || deletionTime === "") return false;
  if (next !== undefined && Date.parse(next.createdTime) < Date.parse(deletionTime)) return false;
  return events.findLast((event) => event.version === version)?.kind !== "delete";
}

function eventEntry(application: string, kind: "delete" | "undelete", version: number): HistoryEntry {
  return { application, version, kind, changes: undefined, state: "live", deletionTime: "" };
}

/** Milliseconds of uncertainty in the noted time of an undeletion, which KV itself does not record. */
const UNCERTAIN = 1000;

/**
 * This program's last writing run, as far as noted. Among runs too close in time to order, the one that started last.
 */
export function lastRun(histories: readonly ApplicationHistory[]): HistoryEvent | undefined {
  const noted = alignByRun(histories).filter(({ writer }) => writer !== undefined);
  const newest = Math.max(...noted.map(({ time }) => Date.parse(time)));
  return noted
    .filter(({ time }) => newest - Date.parse(time) <= UNCERTAIN)
    .sort((a, b) => compareCodePoints(b.writer?.run ?? "", a.writer?.run ?? ""))[0];
}

/**
 * What others wrote after a run. We note the time of an undeletion ourselves, and it may be off: a write too close to
 * it to order is omitted.
 */
export function foreignSince(histories: readonly ApplicationHistory[], run: HistoryEvent): readonly HistoryEntry[] {
  const isDated = run.entries.every(({ kind }) => kind === "write");
  const since = Date.parse(run.time) + (isDated ? 0 : UNCERTAIN);
  return alignByRun(histories)
    .filter(({ time, writer }) => writer === undefined && Date.parse(time) > since)
    .flatMap(({ entries }) => entries);
}

function byApplication(a: { readonly application: string }, b: { readonly application: string }): number {
  return compareCodePoints(a.application, b.application);
}

function entryOf(application: string, version: HistoricVersion, before: HistoricVersion | undefined): HistoryEntry {
  const changes = compareVersions(version.version === 1 ? new Map() : before?.values, version.values);
  const state = version.destroyed ? "destroyed" : version.deleted ? "deleted" : "live";
  return {
    application,
    version: version.version,
    kind: "write",
    changes,
    state,
    deletionTime: state === "live" ? "" : version.deletionTime,
  };
}

type Values = ReadonlyMap<string, StoredValue>;

export function compareVersions(before: Values | undefined, after: Values | undefined): KeyChanges | undefined {
  if (before === undefined || after === undefined) return undefined;
  const keys = [...after.keys()];
  return {
    created: keys.filter((key) => !before.has(key)).sort(compareCodePoints),
    changed: keys
      .filter((key) => before.has(key) && !sameStoredValue(before.get(key), after.get(key)))
      .sort(compareCodePoints),
    deleted: [...before.keys()].filter((key) => !after.has(key)).sort(compareCodePoints),
  };
}

/** Every version that is known to have touched a key. */
export function keyHistory(key: string, { metadata, provenance, versions }: ApplicationHistory): KeyHistory {
  const writes = versions.flatMap(({ version, createdTime, values }, i): KeyWrite[] => {
    const what = doneTo(key, version === 1 ? new Map() : versions[i - 1]?.values, values);
    const run = provenance.writers.get(version)?.run;
    const by = provenance.runs.get(run ?? "")?.by;
    return what === undefined ? [] : [{ version, createdTime, what, run, ...(by && { by }) }];
  });
  const now = versions.at(-1)?.values;
  const state = now === undefined ? "deleted" : now.has(key) ? "present" : "absent";
  return { latest: metadata.currentVersion, state, writes };
}

function doneTo(key: string, before: Values | undefined, after: Values | undefined): KeyWrite["what"] | undefined {
  if (before === undefined || after === undefined) return after?.has(key) ? "holds" : undefined;
  if (!after.has(key)) return before.has(key) ? "removed" : undefined;
  if (!before.has(key)) return "created";
  return sameStoredValue(before.get(key), after.get(key)) ? undefined : "changed";
}
