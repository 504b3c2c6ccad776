import { compareCodePoints } from "../model/code-points.js";
import type { ApplicationHistory, HistoricVersion, HistoryEntry, HistoryEvent, KeyChanges } from "../model/history.js";
import type { VersionWriter } from "../model/provenance.js";
import { sameStoredValue, type StoredValue } from "../model/secret-value.js";

/** Puts the versions of many applications together by run, the newest event first. */
export function alignByRun(histories: readonly ApplicationHistory[], now: Date): HistoryEvent[] {
  const events = new Map<string, { time: string; writer: VersionWriter | undefined; entries: HistoryEntry[] }>();
  const add = (id: string, time: string, writer: VersionWriter | undefined, entry: HistoryEntry): void => {
    const event = events.get(id);
    if (event === undefined) events.set(id, { time, writer, entries: [entry] });
    else {
      event.entries.push(entry);
      if (Date.parse(time) < Date.parse(event.time)) event.time = time;
      event.writer ??= writer;
    }
  };
  for (const { application, versions, provenance } of histories) {
    for (const [i, version] of versions.entries()) {
      const writer = provenance.writers.get(version.version);
      const entry = entryOf(application, versions, i, now);
      add(writer?.run ?? `${application}@${version.version}`, version.createdTime, writer, entry);
    }
    for (const { kind, version, time, run } of provenance.events) {
      const known = [...provenance.writers.values()].find((writer) => writer.run === run);
      const writer = known ?? { run, commit: "", tool: "" };
      add(run, time, writer, { application, version, kind, changes: undefined, state: "live", deletionTime: "" });
    }
  }
  return [...events.values()]
    .map((event) => ({
      ...event,
      entries: event.entries.toSorted(
        (a, b) => compareCodePoints(a.application, b.application) || a.version - b.version,
      ),
    }))
    .sort(
      (a, b) =>
        Date.parse(b.time) - Date.parse(a.time) ||
        compareCodePoints(b.entries[0]?.application ?? "", a.entries[0]?.application ?? "") ||
        (b.entries[0]?.version ?? 0) - (a.entries[0]?.version ?? 0),
    );
}

function entryOf(application: string, versions: readonly HistoricVersion[], i: number, now: Date): HistoryEntry {
  const version = versions[i];
  if (version === undefined) throw new Error("no such version");
  const before = versions[i - 1];
  const changes =
    version.version === 1
      ? compareVersions(new Map(), version.values)
      : compareVersions(before?.values, version.values);
  const deleted = version.deletionTime !== "" && Date.parse(version.deletionTime) <= now.getTime();
  const state = version.destroyed ? "destroyed" : deleted ? "deleted" : "live";
  return {
    application,
    version: version.version,
    kind: "write",
    changes,
    state,
    deletionTime: deleted ? version.deletionTime : "",
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
