import { type ApplicationHistory, type HistoricVersion, isDeletedAt } from "../model/history.js";
import { sameStoredValue, type StoredValue } from "../model/secret-value.js";

/** A value, or the absence of one, and the version that held it. */
export interface Sourced {
  readonly value: StoredValue | undefined;
  readonly version: number;
}

/** What has to happen to one application so that an earlier state is there again. */
export type Wanted =
  | { readonly kind: "nothing" }
  /** Certain values, or absences, by key. */
  | {
      readonly kind: "values";
      readonly values: ReadonlyMap<string, Sourced>;
      /** Keys that have changed since and are left alone. */
      readonly conflicts: readonly string[];
    }
  /** The latest version is only deleted. */
  | { readonly kind: "undelete" }
  /** An older version that is deleted. */
  | { readonly kind: "recover"; readonly version: number }
  /** There was nothing then. */
  | { readonly kind: "delete" }
  | { readonly kind: "lost"; readonly reason: string };

/** What one version held, whatever is there now. */
export function versionState(history: ApplicationHistory, wanted: number): Wanted {
  const version = history.versions.find((candidate) => candidate.version === wanted);
  if (version === undefined) {
    const oldest = history.versions[0]?.version ?? 0;
    return wanted > history.metadata.currentVersion
      ? { kind: "lost", reason: `there is no version ${wanted} (the latest is ${history.metadata.currentVersion})` }
      : { kind: "lost", reason: `version ${wanted} was pushed out of the history (the oldest is ${oldest})` };
  }
  return bringBack(history, version);
}

/** What was there at a moment. */
export function stateAt(history: ApplicationHistory, time: Date): Wanted {
  const version = history.versions.findLast(({ createdTime }) => Date.parse(createdTime) <= time.getTime());
  if (version === undefined) {
    const [first] = history.versions;
    if (first !== undefined && first.version > 1)
      return { kind: "lost", reason: `the versions of that time were pushed out (the oldest is ${first.version})` };
    return nothingThen(history);
  }
  return wasDeletedAt(history, version, time) ? nothingThen(history) : bringBack(history, version);
}

/** KV knows of a delete as long as nobody has undone it; of the others, only our own notes tell. */
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
  if (version.destroyed) return { kind: "lost", reason: `version ${version.version} was destroyed` };
  const isLatest = version.version === metadata.currentVersion;
  if (version.deleted) return isLatest ? { kind: "undelete" } : { kind: "recover", version: version.version };
  const { values } = version;
  if (values === undefined) return { kind: "lost", reason: `version ${version.version} cannot be read` };
  const current = versions.at(-1)?.values ?? new Map<string, StoredValue>();
  const keys = [...values.keys(), ...[...current.keys()].filter((key) => !values.has(key))];
  return {
    kind: "values",
    values: new Map(keys.map((key) => [key, { value: values.get(key), version: version.version }])),
    conflicts: [],
  };
}

/**
 * The opposite of what one run did. Each of its writes is taken back by itself, the last one first: what somebody wrote
 * between two of them stays, as does what has changed since.
 */
export function undoRun(history: ApplicationHistory, run: string): Wanted {
  const { versions, provenance } = history;
  const own = versions.filter(({ version }) => provenance.writers.get(version)?.run === run);
  if (own.length === 0) {
    const event = provenance.events.findLast((candidate) => candidate.run === run);
    return event ? undoEvent(history, event.kind, event.version) : { kind: "nothing" };
  }
  const current = versions.at(-1)?.values;
  const now = new Map(current);
  const values = new Map<string, Sourced>();
  const conflicts = new Set<string>();
  for (const { version, createdTime, values: left } of own.toReversed()) {
    const before = versions.find((candidate) => candidate.version === version - 1);
    const reason = cannotReturnTo(before, version, createdTime);
    if (reason !== undefined) return { kind: "lost", reason };
    if (left === undefined || current === undefined)
      return { kind: "lost", reason: "it was deleted after the run; restore it first" };
    const old = before?.values ?? new Map<string, StoredValue>();
    for (const key of new Set([...old.keys(), ...left.keys()])) {
      if (sameStoredValue(old.get(key), left.get(key))) continue;
      if (sameStoredValue(now.get(key), left.get(key))) {
        values.set(key, { value: old.get(key), version: version - 1 });
        setOrDelete(now, key, old.get(key));
      } else if (!sameStoredValue(now.get(key), old.get(key))) conflicts.add(key);
    }
  }
  return { kind: "values", values, conflicts: [...conflicts] };
}

/** Why what was there before a write cannot be told any more; undefined if it can. */
function cannotReturnTo(before: HistoricVersion | undefined, version: number, written: string): string | undefined {
  if (before === undefined)
    return version > 1 ? `version ${version - 1}, from before the run, was pushed out of the history` : undefined;
  if (before.destroyed) return `version ${before.version}, from before the run, was destroyed`;
  if (before.values !== undefined || isDeletedAt(before, new Date(written))) return undefined;
  return `version ${before.version}, from before the run, was deleted since; undelete it first`;
}

function setOrDelete(values: Map<string, StoredValue>, key: string, value: StoredValue | undefined): void {
  if (value === undefined) values.delete(key);
  else values.set(key, value);
}

function undoEvent({ metadata, versions }: ApplicationHistory, kind: "delete" | "undelete", version: number): Wanted {
  const last = versions.at(-1);
  if (last?.version !== version)
    return { kind: "lost", reason: `it has been written again since (version ${metadata.currentVersion})` };
  if (last.destroyed) return { kind: "lost", reason: `version ${version} was destroyed` };
  const { deleted } = last;
  if (kind === "delete") return deleted ? { kind: "undelete" } : { kind: "nothing" };
  return deleted ? { kind: "nothing" } : { kind: "delete" };
}
