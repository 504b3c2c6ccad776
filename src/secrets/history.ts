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
import type { DeletionEvent, Provenance, VersionWriter } from "../model/provenance.js";
import { UNTOLD } from "../model/run-note.js";
import { sameStoredValue, SecretValue, type StoredValue } from "../model/secret-value.js";
import { takenBackIn } from "./taken-back.js";

/** Groups the versions of many applications by run, newest event first. */
export function alignByRun(histories: readonly ApplicationHistory[]): HistoryEvent[] {
  const writers = new Map(
    histories.flatMap(({ provenance }) =>
      [...provenance.writers.values()].map((writer) => [writer.run, writer] as const),
    ),
  );
  const notes = new Map(histories.flatMap(({ provenance }) => [...provenance.runs]));
  const events = new Map<
    string,
    { time: string; until: string; writer: HistoryEvent["writer"]; entries: HistoryEntry[] }
  >();
  const add = (id: string, time: string, version: VersionWriter | undefined, entry: HistoryEntry): void => {
    const writer = version && { ...version, ...(notes.get(version.run) ?? UNTOLD) };
    const event = events.get(id);
    if (event === undefined) events.set(id, { time, until: time, writer, entries: [entry] });
    else {
      event.entries.push(entry);
      if (Date.parse(time) < Date.parse(event.time)) event.time = time;
      if (Date.parse(time) > Date.parse(event.until)) event.until = time;
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
    for (const { kind, version, time, run } of inOrder(provenance.events, versions)) {
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

/**
 * Adjusts the times of noted events: they follow the order of the notes, and each lies between the write of its version
 * and that of the next.
 * We note the time of an undeletion ourselves, by another clock than Vault's.
 */
function inOrder(events: readonly DeletionEvent[], versions: readonly HistoricVersion[]): DeletionEvent[] {
  let last = -Infinity;
  return events.map((event) => {
    const [written, next] = [0, 1].map((after) => versions.find(({ version }) => version === event.version + after));
    const least = Math.max(last + 1, written === undefined ? -Infinity : Date.parse(written.createdTime));
    const most = next === undefined ? Infinity : Date.parse(next.createdTime) - 1;
    const noted = Date.parse(event.time);
    const time = Math.min(Math.max(noted, least), most);
    last = Math.max(last, time);
    return time === noted || !Number.isFinite(time) ? event : { ...event, time: new Date(time).toISOString() };
  });
}

function eventEntry(application: string, kind: "delete" | "undelete", version: number): HistoryEntry {
  return { application, version, kind, changes: undefined, state: "live", deletionTime: "" };
}

/** Milliseconds of uncertainty in the noted time of an undeletion, which KV itself does not record. */
const UNCERTAIN = 1000;

/**
 * An environment's last writing run, as far as noted. The time of an undeletion may be off: among runs that cannot be
 * ordered because of that, the one that started last. Runs of other environments that share its prefix are left out.
 */
export function lastRun(histories: readonly ApplicationHistory[], environment: string): HistoryEvent | undefined {
  const noted = alignByRun(histories).filter(({ writer }) => writer !== undefined && isOf(writer, environment));
  const [newest] = noted;
  if (newest === undefined) return undefined;
  const doubtful = noted.filter(
    (each) => !(isDated(newest) && isDated(each)) && Date.parse(newest.time) - Date.parse(each.time) <= UNCERTAIN,
  );
  return [newest, ...doubtful].reduce((last, each) => (startOf(each) > startOf(last) ? each : last));
}

/** The second in which a run started, with which its id begins. */
function startOf({ writer }: HistoryEvent): string {
  return writer?.run.slice(0, "20261124T070102Z".length) ?? "";
}

/** Whether Vault itself knows when a run wrote. */
function isDated({ entries }: HistoryEvent): boolean {
  return entries.every(({ kind }) => kind !== "undelete");
}

/** Whether a run was the environment's own, which is assumed where no note tells. */
function isOf({ environment }: EventWriter, asked: string): boolean {
  return environment === undefined || environment === asked;
}

/**
 * What other programs and environments wrote after a run of an environment. We note the time of an undeletion
 * ourselves, and it may be off: a write too close to it to order is omitted.
 */
export function foreignSince(
  histories: readonly ApplicationHistory[],
  run: HistoryEvent,
  environment: string,
): readonly (HistoryEntry & { readonly writer: EventWriter | undefined })[] {
  const since = Date.parse(run.time) + (isDated(run) ? 0 : UNCERTAIN);
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
export function keyHistory(key: string, history: ApplicationHistory): KeyHistory {
  const { metadata, provenance, versions } = history;
  const takenBack = takenBackIn(history);
  const writes = versions.flatMap(({ version, createdTime, values }, i): KeyWrite[] => {
    const what = doneTo(key, version === 1 ? new Map() : versions[i - 1]?.values, values);
    const run = provenance.writers.get(version)?.run;
    const by = provenance.runs.get(run ?? "")?.by;
    return what === undefined ? [] : [{ version, createdTime, what, run, ...(by && { by }) }];
  });
  const latest = versions.at(-1);
  const now = latest?.values;
  const gone = latest?.destroyed ? "destroyed" : "deleted";
  const state = now === undefined ? gone : stateOf(now.get(key));
  return { latest: metadata.currentVersion, state, ...(takenBack && { takenBack }), writes };
}

function stateOf(value: StoredValue | undefined): KeyHistory["state"] {
  if (value === undefined) return "absent";
  if (!(value instanceof SecretValue)) return "not-a-string";
  return value.isEmpty ? "empty" : "present";
}

function doneTo(key: string, before: Values | undefined, after: Values | undefined): KeyWrite["what"] | undefined {
  if (before === undefined || after === undefined) return after?.has(key) ? "holds" : undefined;
  if (!after.has(key)) return before.has(key) ? "removed" : undefined;
  if (!before.has(key)) return "created";
  return sameStoredValue(before.get(key), after.get(key)) ? undefined : "changed";
}
