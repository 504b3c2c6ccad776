import { compareCodePoints } from "../model/code-points.js";
import type {
  ApplicationHistory,
  EventWriter,
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
  const events = new Map<string, { time: string; writer: HistoryEvent["writer"]; entries: HistoryEntry[] }>();
  const add = (id: string, time: string, version: VersionWriter | undefined, entry: HistoryEntry): void => {
    const writer = version && { ...version, ...(notes.get(version.run) ?? UNTOLD) };
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
 * An environment's last writing run, as far as noted. Among runs too close in time to order, the one that started last.
 * Runs of other environments that share its prefix are left out.
 */
export function lastRun(histories: readonly ApplicationHistory[], environment: string): HistoryEvent | undefined {
  const noted = alignByRun(histories).filter(({ writer }) => writer !== undefined && isOf(writer, environment));
  const newest = Math.max(...noted.map(({ time }) => Date.parse(time)));
  return noted
    .filter(({ time }) => newest - Date.parse(time) <= UNCERTAIN)
    .sort((a, b) => compareCodePoints(b.writer?.run ?? "", a.writer?.run ?? ""))[0];
}

/** Whether a run was the environment's own, which is assumed where no note tells. */
function isOf({ environment }: EventWriter, asked: string): boolean {
  return environment === undefined || environment === asked;
}

/**
 * What other programs and environments wrote after a run of an environment. We note the time of an undeletion ourselves, and it may be off: a write too close to
 * it to order is omitted.
 */
export function foreignSince(
  histories: readonly ApplicationHistory[],
  run: HistoryEvent,
  environment: string,
): readonly (HistoryEntry & { readonly writer: EventWriter | undefined })[] {
  const isDated = run.entries.every(({ kind }) => kind === "write");
  const since = Date.parse(run.time) + (isDated ? 0 : UNCERTAIN);
  return alignByRun(histories)
    .filter(({ time, writer }) => (writer === undefined || !isOf(writer, environment)) && Date.parse(time) > since)
    .flatMap(({ entries, writer }) => entries.map((entry) => ({ ...entry, writer })));
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
