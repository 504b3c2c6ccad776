import type { ApplicationHistory, HistoricVersion } from "../model/history.js";
import { sameStoredValue, type StoredValue } from "../model/secret-value.js";
import { isDeletedAt } from "../model/versions.js";

/** What has to happen to one application so that an earlier state is there again. */
export type Wanted =
  | { readonly kind: "nothing" }
  /** Certain values, or absences, by key. */
  | {
      readonly kind: "values";
      readonly values: ReadonlyMap<string, StoredValue | undefined>;
      /** The version that they come from. */
      readonly version: number;
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
export function versionState(history: ApplicationHistory, wanted: number, now: Date): Wanted {
  const version = history.versions.find((candidate) => candidate.version === wanted);
  if (version === undefined) {
    const oldest = history.versions[0]?.version ?? 0;
    return wanted > history.metadata.currentVersion
      ? { kind: "lost", reason: `there is no version ${wanted} (the latest is ${history.metadata.currentVersion})` }
      : { kind: "lost", reason: `version ${wanted} was pushed out of the history (the oldest is ${oldest})` };
  }
  return bringBack(history, version, now);
}

/** What was there at a moment. */
export function stateAt(history: ApplicationHistory, time: Date, now: Date): Wanted {
  const version = history.versions.findLast(({ createdTime }) => Date.parse(createdTime) <= time.getTime());
  if (version === undefined) {
    const [first] = history.versions;
    if (first !== undefined && first.version > 1)
      return { kind: "lost", reason: `the versions of that time were pushed out (the oldest is ${first.version})` };
    return nothingThen(history, now);
  }
  return wasDeletedAt(history, version, time) ? nothingThen(history, now) : bringBack(history, version, now);
}

/** KV knows of a delete as long as nobody has undone it; of the others, only our own notes tell. */
function wasDeletedAt({ provenance }: ApplicationHistory, version: HistoricVersion, time: Date): boolean {
  const last = provenance.events.findLast(
    (event) => event.version === version.version && Date.parse(event.time) <= time.getTime(),
  );
  return last?.kind === "delete" || isDeletedAt(version, time);
}

function nothingThen({ versions }: ApplicationHistory, now: Date): Wanted {
  const last = versions.at(-1);
  return last === undefined || last.destroyed || isDeletedAt(last, now) ? { kind: "nothing" } : { kind: "delete" };
}

function bringBack({ versions, metadata }: ApplicationHistory, version: HistoricVersion, now: Date): Wanted {
  if (version.destroyed) return { kind: "lost", reason: `version ${version.version} was destroyed` };
  const isLatest = version.version === metadata.currentVersion;
  if (isDeletedAt(version, now)) return isLatest ? { kind: "undelete" } : { kind: "recover", version: version.version };
  const { values } = version;
  if (values === undefined) return { kind: "lost", reason: `version ${version.version} cannot be read` };
  const current = versions.at(-1)?.values ?? new Map<string, StoredValue>();
  const absent = [...current.keys()].filter((key) => !values.has(key)).map((key) => [key, undefined] as const);
  return {
    kind: "values",
    values: new Map<string, StoredValue | undefined>([...values, ...absent]),
    version: version.version,
    conflicts: [],
  };
}

/** The opposite of what one run did, for the keys that still are as it left them. */
export function undoRun(history: ApplicationHistory, run: string, now: Date): Wanted {
  const { versions, provenance } = history;
  const event = provenance.events.findLast((candidate) => candidate.run === run);
  const own = versions.filter(({ version }) => provenance.writers.get(version)?.run === run);
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined)
    return event ? undoEvent(history, event.kind, event.version, now) : { kind: "nothing" };
  const before = versions.find(({ version }) => version === first.version - 1);
  if (first.version > 1 && before === undefined)
    return { kind: "lost", reason: `version ${first.version - 1}, from before the run, was pushed out of the history` };
  if (before?.destroyed)
    return { kind: "lost", reason: `version ${before.version}, from before the run, was destroyed` };
  if (before !== undefined && before.values === undefined && !isDeletedAt(before, new Date(first.createdTime))) {
    return {
      kind: "lost",
      reason: `version ${before.version}, from before the run, was deleted since; undelete it first`,
    };
  }
  const { values: left } = last;
  const current = versions.at(-1)?.values;
  if (left === undefined || current === undefined)
    return { kind: "lost", reason: "it was deleted after the run; restore it first" };
  const old = before?.values ?? new Map<string, StoredValue>();
  const changed = [...new Set([...old.keys(), ...left.keys()])].filter(
    (key) => !sameStoredValue(old.get(key), left.get(key)),
  );
  const untouched = changed.filter((key) => sameStoredValue(current.get(key), left.get(key)));
  return {
    kind: "values",
    values: new Map(untouched.map((key) => [key, old.get(key)])),
    version: first.version - 1,
    conflicts: changed.filter((key) => !untouched.includes(key) && !sameStoredValue(current.get(key), old.get(key))),
  };
}

function undoEvent(
  { metadata, versions }: ApplicationHistory,
  kind: "delete" | "undelete",
  version: number,
  now: Date,
): Wanted {
  const last = versions.at(-1);
  if (last?.version !== version)
    return { kind: "lost", reason: `it has been written again since (version ${metadata.currentVersion})` };
  if (last.destroyed) return { kind: "lost", reason: `version ${version} was destroyed` };
  const deleted = isDeletedAt(last, now);
  if (kind === "delete") return deleted ? { kind: "undelete" } : { kind: "nothing" };
  return deleted ? { kind: "nothing" } : { kind: "delete" };
}
