import { type ApplicationHistory, type HistoricVersion, isDeletedAt, type LostReason } from "../model/history.js";
import type { DeletionEvent } from "../model/provenance.js";
import { takenBackIn } from "./taken-back.js";
import { sameStoredValue, type StoredValue } from "../model/secret-value.js";

/** A value, or its absence, and the version that held it. */
export interface Sourced {
  readonly value: StoredValue | undefined;
  readonly version: number;
}

/** A key that has changed since. */
export interface Conflict {
  readonly key: string;
  /** What held the value that a restore would bring back, if there was one. */
  readonly version: number | undefined;
  /** Whether it is no longer there. */
  readonly isGone: boolean;
}

/** What has to happen to one application to restore an earlier state. */
export type Wanted =
  | { readonly kind: "nothing" }
  /** Certain values, or their absence, by key. */
  | {
      readonly kind: "values";
      readonly values: ReadonlyMap<string, Sourced>;
      /** Keys that have changed since and are not touched. */
      readonly conflicts: readonly Conflict[];
    }
  /** The latest version is merely deleted. */
  | { readonly kind: "undelete" }
  /** An older version that is deleted. */
  | { readonly kind: "recover"; readonly version: number }
  /** The application did not exist then. */
  | { readonly kind: "delete" }
  | { readonly kind: "lost"; readonly reason: LostReason };

function lost(reason: LostReason): Wanted {
  return { kind: "lost", reason };
}

/** What one version held, regardless of the current state. */
export function versionState(history: ApplicationHistory, asked: number | "latest"): Wanted {
  const { versions, metadata } = history;
  const wanted = asked === "latest" ? metadata.currentVersion : asked;
  const version = versions.find((candidate) => candidate.version === wanted);
  if (version !== undefined) return bringBack(history, version);
  const latest = metadata.currentVersion;
  if (wanted > latest) return lost({ kind: "version-unknown", version: wanted, latest });
  return lost({ kind: "version-pushed-out", version: wanted, oldest: versions[0]?.version ?? 0 });
}

/** The state at a moment. */
export function stateAt(history: ApplicationHistory, time: Date): Wanted {
  const version = history.versions.findLast(({ createdTime }) => Date.parse(createdTime) <= time.getTime());
  if (version === undefined) {
    const [first] = history.versions;
    if (first !== undefined && first.version > 1) return lost({ kind: "time-pushed-out", oldest: first.version });
    return nothingThen(history);
  }
  return wasDeletedAt(history, version, time) ? nothingThen(history) : bringBack(history, version);
}

/** KV remembers a deletion only until someone undoes it; for the others, there are only our own notes. */
function wasDeletedAt({ provenance }: ApplicationHistory, version: HistoricVersion, time: Date): boolean {
  const last = provenance.events.findLast(
    (event) => event.version === version.version && Date.parse(event.time) <= time.getTime(),
  );
  return last?.kind === "delete" || isDeletedAt(version, time);
}

function nothingThen({ versions }: ApplicationHistory): Wanted {
  const last = versions.at(-1);
  return last === undefined || last.destroyed || last.deleted ? { kind: "nothing" } : { kind: "delete" };
}

function bringBack({ versions, metadata }: ApplicationHistory, version: HistoricVersion): Wanted {
  if (version.destroyed) return lost({ kind: "version-destroyed", version: version.version });
  const isLatest = version.version === metadata.currentVersion;
  if (version.deleted) return isLatest ? { kind: "undelete" } : { kind: "recover", version: version.version };
  const { values } = version;
  if (values === undefined) return lost({ kind: "version-unreadable", version: version.version });
  const current = versions.at(-1)?.values ?? new Map<string, StoredValue>();
  const keys = [...values.keys(), ...[...current.keys()].filter((key) => !values.has(key))];
  return {
    kind: "values",
    values: new Map(keys.map((key) => [key, { value: values.get(key), version: version.version }])),
    conflicts: [],
  };
}

/**
 * The inverse of what one run did. Each of its writes is undone separately, last one first: what someone wrote between
 * two of them stays, as does everything changed since.
 */
export function undoRun(history: ApplicationHistory, run: string): Wanted {
  const { versions, provenance } = history;
  const writes = versions.filter(({ version }) => provenance.writers.get(version)?.run === run);
  if (writes.length === 0) {
    const event = provenance.events.findLast((candidate) => candidate.run === run);
    return event ? undoEvent(history, event) : { kind: "nothing" };
  }
  const latest = versions.at(-1);
  const undone: Undone = { now: new Map(latest?.values), values: new Map(), conflicts: new Map() };
  for (const write of writes.toReversed()) {
    const before = versions.find(({ version }) => version === write.version - 1);
    const reason = cannotReturnTo(before, write);
    if (reason !== undefined) return lost(reason);
    if (write.values === undefined) return lost(unreadable(write, history));
    if (latest?.values === undefined) return lost(unreadable(latest ?? write, history));
    takeBack(undone, before?.values ?? new Map(), write.values, write.version - 1);
  }
  const conflicts = [...undone.conflicts].map(([key, version]) => ({ key, version, isGone: !undone.now.has(key) }));
  return { kind: "values", values: undone.values, conflicts };
}

/** Why what a run wrote, or what came after it, cannot be read. */
function unreadable({ version, destroyed, deleted }: HistoricVersion, history: ApplicationHistory): LostReason {
  const takenBack = version === history.metadata.currentVersion ? takenBackIn(history) : undefined;
  if (deleted && !destroyed) return { kind: "deleted-after-run", version, ...(takenBack && { takenBack }) };
  return { kind: destroyed ? "destroyed-after-run" : "version-unreadable", version };
}

/** Why the state before a write is no longer known; undefined if it is. */
function cannotReturnTo(before: HistoricVersion | undefined, write: HistoricVersion): LostReason | undefined {
  const version = write.version - 1;
  if (before === undefined) return version > 0 ? { kind: "before-pushed-out", version } : undefined;
  if (before.destroyed) return { kind: "before-destroyed", version };
  // If the run wrote over a deleted version, there was nothing before.
  if (before.values !== undefined || isDeletedAt(before, new Date(write.createdTime))) return undefined;
  return { kind: "before-deleted", version };
}

/** The result of undoing a run's later writes. */
interface Undone {
  readonly now: Map<string, StoredValue>;
  readonly values: Map<string, Sourced>;
  readonly conflicts: Map<string, number | undefined>;
}

/** Undoes one write, which found `old` in `version` and left `left`. */
function takeBack({ now, values, conflicts }: Undone, old: Values, left: Values, version: number): void {
  for (const key of new Set([...old.keys(), ...left.keys()])) {
    const [value, theirs] = [old.get(key), now.get(key)];
    if (sameStoredValue(value, left.get(key)) || sameStoredValue(value, theirs)) continue;
    if (!sameStoredValue(theirs, left.get(key))) {
      conflicts.set(key, value === undefined ? undefined : version);
      continue;
    }
    values.set(key, { value, version });
    if (value === undefined) now.delete(key);
    else now.set(key, value);
  }
}

type Values = ReadonlyMap<string, StoredValue>;

function undoEvent({ metadata, versions }: ApplicationHistory, { kind, version }: DeletionEvent): Wanted {
  const last = versions.at(-1);
  if (last?.version !== version) return lost({ kind: "written-since", version: metadata.currentVersion });
  if (last.destroyed) return lost({ kind: "version-destroyed", version });
  if (last.deleted !== (kind === "delete")) return { kind: "nothing" };
  return { kind: kind === "delete" ? "undelete" : "delete" };
}
