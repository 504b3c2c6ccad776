import { compareCodePoints } from "../model/code-points.js";
import type { ApplicationState, CurrentState } from "../model/current-state.js";
import type { Environment } from "../model/environment.js";
import type { ApplicationHistory, LostReason, RestorePoint } from "../model/history.js";
import type { ApplicationPlan, Cause, Change, Plan, PlanBase } from "../model/plan.js";
import { sameStoredValue, type StoredValue } from "../model/secret-value.js";
import { compareRefs, refId, type SecretRef } from "../model/secret.js";
import type { ApplicationWrite } from "../model/write.js";
import { dependentsOf } from "./dependents.js";
import { type Conflict, stateAt, undoRun, versionState, type Wanted } from "./restore-point.js";

export interface RestoreTarget {
  readonly environment: Environment;
  readonly point: RestorePoint;
  /** An application, or one key of it; undefined: everything. */
  readonly chosen: ((ref: SecretRef) => boolean) | undefined;
}

interface RestoreInput extends RestoreTarget {
  readonly histories: readonly ApplicationHistory[];
}

export interface Restoration {
  readonly plan: Plan;
  readonly writes: readonly ApplicationWrite[];
  /** What cannot be restored, and why. */
  readonly lost: readonly { readonly application: string; readonly reason: LostReason }[];
  /** Keys that have changed since the run being undone; they stay. */
  readonly conflicts: readonly (SecretRef & Conflict)[];
  /** Keys that derive from a restored one and have no value from that time. */
  readonly stale: readonly SecretRef[];
  /** Keys that already hold the value from that time, as APP/KEY. */
  readonly restored: ReadonlySet<string>;
  /** What Vault will hold, as far as it is known before the writes. */
  readonly after: CurrentState;
}

/** The planned result for one application. */
interface Draft {
  readonly history: ApplicationHistory;
  readonly want: Wanted;
  /** The values of its latest version; undefined if they cannot be read. */
  readonly now: ReadonlyMap<string, StoredValue> | undefined;
  /** The same, with the changes so far. */
  readonly values: Map<string, StoredValue>;
  readonly changes: Change[];
}

/** Plans how to restore an earlier state as new versions. History only grows. */
export function planRestore(input: RestoreInput): Restoration {
  const { environment, histories, chosen } = input;
  const isChosen = (ref: SecretRef): boolean => chosen?.(ref) ?? true;
  const drafts = histories.map((history) => draftOf(history, wantedFor(history, input), isChosen));
  const stale = followSources(environment, drafts);
  const changed = new Set(drafts.flatMap(({ changes }) => changes.map(refId)));
  const written = drafts.map((draft) => ({ draft, write: writeOf(draft) }));
  const writes = written
    .flatMap(({ write }) => write ?? [])
    .sort((a, b) => compareCodePoints(a.application, b.application));
  return {
    plan: {
      environment: environment.name,
      applications: writes.map(({ planned }) => planned),
      unknown: [],
      unresolved: [],
      blocked: [],
    },
    writes,
    lost: drafts.flatMap(({ history: { application }, want }) =>
      want.kind === "lost" ? [{ application, reason: want.reason }] : [],
    ),
    conflicts: drafts
      .flatMap(({ history: { application }, want }) =>
        want.kind === "values" ? want.conflicts.map((conflict) => ({ application, ...conflict })) : [],
      )
      // A copy may have followed its source anyway.
      .filter((ref) => isChosen(ref) && !changed.has(refId(ref)))
      .sort(compareRefs),
    stale,
    restored: new Set(
      drafts.flatMap((draft) => restoredIn(draft, changed).flatMap((each) => (each.changes ? [] : [refId(each)]))),
    ),
    after: new Map(written.flatMap(({ draft, write }) => stateAfter(draft, write))),
  };
}

function wantedFor(history: ApplicationHistory, { point, chosen }: RestoreInput): Wanted {
  const { application } = history;
  const byKeyOnly = chosen !== undefined && !chosen({ application, key: "" });
  if (byKeyOnly && !keysOf(history).some((key) => chosen({ application, key }))) return { kind: "nothing" };
  const want =
    point.kind === "run"
      ? undoRun(history, point.run)
      : point.kind === "time"
        ? stateAt(history, point.time)
        : versionState(history, point.version);
  return byKeyOnly && isWhole(want) ? { kind: "lost", reason: wholeOnly(history, want) } : want;
}

function wholeOnly({ metadata: { currentVersion } }: ApplicationHistory, want: Whole): LostReason {
  if (want.kind === "delete") return { kind: "whole-only", action: want.kind };
  const version = want.kind === "recover" ? want.version : currentVersion;
  return { kind: "whole-only", action: want.kind, version };
}

function keysOf(history: ApplicationHistory): string[] {
  return history.versions.flatMap(({ values = new Map<string, StoredValue>() }) => [...values.keys()]);
}

/** Takes the wanted value of each chosen key. An undefined value: the key did not exist. */
function draftOf(history: ApplicationHistory, want: Wanted, isChosen: (ref: SecretRef) => boolean): Draft {
  const { application } = history;
  const now = history.versions.at(-1)?.values;
  const draft: Draft = { history, want, now, values: new Map(now), changes: [] };
  if (want.kind !== "values") return draft;
  for (const [key, { value, version }] of want.values) {
    if (isChosen({ application, key }) && !sameStoredValue(draft.values.get(key), value))
      change(draft, key, value, value === undefined ? goneThen(history, key, version) : { kind: "restored", version });
  }
  return draft;
}

/** Why a key that a version does not have is removed. */
function goneThen({ versions }: ApplicationHistory, key: string, version: number): Cause {
  const last = versions.findLast((each) => each.version < version && each.values?.has(key));
  return { kind: "not-there-then", ...(last && { heldIn: last.version }) };
}

/** Sets or removes a key, and records the change. */
function change({ history, values, changes }: Draft, key: string, value: StoredValue | undefined, cause: Cause): void {
  const ref = { application: history.application, key };
  if (value === undefined) {
    values.delete(key);
    changes.push({ ...ref, action: "delete", cause });
  } else {
    changes.push({ ...ref, action: values.has(key) ? "update" : "create", cause });
    values.set(key, value);
  }
}

/** A secret that has, or will have, a restored value. */
interface Restored extends SecretRef {
  readonly value: StoredValue;
  /** Whether it still has to change. */
  readonly changes: boolean;
}

/**
 * Makes copies of a restored value follow it, and reports what cannot follow. An application restored as a whole comes
 * back as it was, with values that cannot be read in advance.
 */
function followSources(environment: Environment, drafts: readonly Draft[]): SecretRef[] {
  const dependents = dependentsOf(environment);
  const byName = new Map(drafts.map((draft) => [draft.history.application, draft]));
  const decided = new Set(drafts.flatMap(({ changes }) => changes.map(refId)));
  const stale: SecretRef[] = [];
  const queue = drafts.flatMap((draft) => restoredIn(draft, decided));
  // Grows during iteration.
  for (const source of queue) {
    for (const ref of dependents.get(refId(source)) ?? []) {
      const draft = byName.get(ref.application);
      if (draft?.now === undefined || isWhole(draft.want) || decided.has(refId(ref))) continue;
      const own = wanted(draft, ref.key);
      // If its source had that value all along, it too keeps the value from that time.
      if (!source.changes && own !== undefined) continue;
      decided.add(refId(ref));
      const secret = environment.applications.get(ref.application)?.secrets.get(ref.key);
      if (secret?.kind === "copy") queue.push(follow(draft, { ...ref, value: source.value }, causeOfCopy(source)));
      else if (own !== undefined)
        queue.push(follow(draft, { ...ref, value: own.value }, { kind: "restored", version: own.version }));
      else if (source.changes && draft.now.has(ref.key)) stale.push(ref);
    }
  }
  return stale.sort(compareRefs);
}

/** A key that already has its old value may have got it from a restoration that was interrupted before its copies. */
function restoredIn({ history: { application }, want, values }: Draft, changed: ReadonlySet<string>): Restored[] {
  if (want.kind !== "values") return [];
  return [...want.values].flatMap(([key, { value }]) => {
    const changes = changed.has(refId({ application, key }));
    const isThere = value !== undefined && sameStoredValue(values.get(key), value);
    return isThere ? [{ application, key, value, changes }] : [];
  });
}

/** The value that a key had then, and the version that held it. */
function wanted({ want }: Draft, key: string): { readonly value: StoredValue; readonly version: number } | undefined {
  const { value, version = 0 } = (want.kind === "values" && want.values.get(key)) || {};
  return value === undefined ? undefined : { value, version };
}

/** A copy may get a value that none of its own versions ever held. */
function causeOfCopy({ application, key, changes }: Restored): Cause {
  return { kind: changes ? "source-changes" : "copy-differs", source: { application, key } };
}

function follow(draft: Draft, restored: Omit<Restored, "changes">, cause: Cause): Restored {
  const { key, value } = restored;
  const changes = !sameStoredValue(draft.now?.get(key), value);
  if (changes) change(draft, key, value, cause);
  return { ...restored, changes };
}

function baseOf({ versions, metadata }: ApplicationHistory): Extract<PlanBase, { version: number }> {
  const last = versions.at(-1);
  const kind = last === undefined || last.destroyed ? "destroyed" : last.values === undefined ? "deleted" : "present";
  return { kind, version: metadata.currentVersion, createdTime: last?.createdTime ?? "" };
}

type Whole = Extract<Wanted, { kind: "undelete" | "recover" | "delete" }>;

function isWhole(want: Wanted): want is Whole {
  return want.kind === "undelete" || want.kind === "recover" || want.kind === "delete";
}

function writeOf({ history, want, values, changes: unsorted }: Draft): ApplicationWrite | undefined {
  const { application } = history;
  if (isWhole(want)) return wholeWrite(history, want, [...values.keys()]);
  if (unsorted.length === 0) return undefined;
  const changes = unsorted.toSorted(compareRefs);
  const base = baseOf(history);
  const { version } = base;
  if (values.size === 0)
    return { kind: "delete", application, version, planned: { application, action: "delete", base, changes } };
  const action = base.kind === "present" ? "update" : "create";
  return { kind: "put", application, cas: version, values, planned: { application, action, base, changes } };
}

/** `keys` are the current ones: empty if something deleted is restored. */
function wholeWrite(history: ApplicationHistory, want: Whole, keys: readonly string[]): ApplicationWrite {
  const { application } = history;
  const base = baseOf(history);
  if (want.kind === "recover") {
    const { version: from } = want;
    const planned: ApplicationPlan = { application, action: "recover", from, base, changes: [] };
    return { kind: "recover", application, from, cas: base.version, planned };
  }
  const changes = keys
    .toSorted(compareCodePoints)
    .map((key): Change => ({ application, key, action: "delete", cause: { kind: "not-there-then" } }));
  const planned: ApplicationPlan = { application, action: want.kind, base, changes };
  return { kind: want.kind, application, version: base.version, planned };
}

/** The resulting state, if it can be predicted. */
function stateAfter({ history, now }: Draft, write: ApplicationWrite | undefined): [string, ApplicationState][] {
  const { customMetadata } = history.metadata;
  if (write?.kind === "delete")
    return [[history.application, { ...baseOf(history), kind: "deleted", customMetadata, deletionTime: "" }]];
  const values = write === undefined ? now : write.kind === "put" ? write.values : undefined;
  if (values === undefined) return [];
  return [[history.application, { ...baseOf(history), kind: "present", customMetadata, values }]];
}
