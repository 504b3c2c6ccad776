import { compareCodePoints } from "../model/code-points.js";
import type { CurrentState } from "../model/current-state.js";
import type { Environment } from "../model/environment.js";
import type { ApplicationHistory } from "../model/history.js";
import type { ApplicationPlan, Change, Plan, PlanBase } from "../model/plan.js";
import type { RestorePoint } from "../model/restore.js";
import { sameStoredValue, type StoredValue } from "../model/secret-value.js";
import { compareRefs, refId, type SecretRef } from "../model/secret.js";
import type { ApplicationWrite } from "../model/write.js";
import { dependentsOf } from "./impact.js";
import { stateAt, undoRun, versionState, type Wanted } from "./restore-point.js";

export interface RestoreInput {
  readonly environment: Environment;
  readonly histories: readonly ApplicationHistory[];
  readonly point: RestorePoint;
  /** What comes back: an application, or one key of it; undefined: everything. */
  readonly chosen: ((ref: SecretRef) => boolean) | undefined;
  readonly now: Date;
}

export interface Restoration {
  readonly plan: Plan;
  readonly writes: readonly ApplicationWrite[];
  /** What cannot come back, and why. */
  readonly lost: readonly { readonly application: string; readonly reason: string }[];
  /** Keys that have changed since the run that is taken back; they stay. */
  readonly conflicts: readonly SecretRef[];
  /** Keys that are made from a restored one and for which no value of that time is there. */
  readonly stale: readonly SecretRef[];
  /** What Vault will hold, as far as it is known before the writes. */
  readonly after: CurrentState;
}

type Values = Map<string, StoredValue>;

/** Plans how an earlier state comes back as new versions. History only grows. */
export function planRestore(input: RestoreInput): Restoration {
  const { environment, histories, chosen } = input;
  const wanted = histories.map((history) => ({ history, wanted: wantedFor(history, input) }));
  const after = new Map<string, Values>();
  const changes = new Map<string, Change[]>();
  const whole: { planned: ApplicationPlan; write: ApplicationWrite }[] = [];
  const lost: { application: string; reason: string }[] = [];
  const conflicts: SecretRef[] = [];
  for (const { history, wanted: want } of wanted) {
    const { application } = history;
    conflicts.push(...(want.kind === "values" ? want.conflicts.map((key) => ({ application, key })) : []));
    if (want.kind === "lost") lost.push({ application, reason: want.reason });
    if (isWhole(want)) whole.push(wholeWrite(history, want));
    if (want.kind !== "values") continue;
    const keys = [...want.values].filter(([key]) => chosen?.({ application, key }) ?? true);
    applyValues(history, new Map(keys), want.version, after, changes);
  }
  const stale = followSources(environment, histories, after, changes, wanted);
  const writes = [...changes].flatMap(([application, own]) =>
    putWrite(histories, application, own, after.get(application) ?? new Map()),
  );
  const all = [...writes, ...whole.map(({ write }) => write)].sort((a, b) =>
    compareCodePoints(a.application, b.application),
  );
  return {
    plan: {
      environment: environment.name,
      applications: all.map(({ planned }) => planned),
      unknown: [],
      unresolved: [],
      blocked: [],
    },
    writes: all,
    lost,
    conflicts: conflicts.sort(compareRefs),
    stale,
    after: resultingState(histories, all),
  };
}

function wantedFor(history: ApplicationHistory, { point, now, chosen }: RestoreInput): Wanted {
  const { application } = history;
  const touched =
    chosen === undefined ||
    chosen({ application, key: "" }) ||
    keysOf(history).some((key) => chosen({ application, key }));
  if (!touched) return { kind: "nothing" };
  const byKeyOnly = chosen !== undefined && !chosen({ application, key: "" });
  const want =
    point.kind === "run"
      ? undoRun(history, point.run, now)
      : point.kind === "time"
        ? stateAt(history, point.time, now)
        : versionState(history, point.version, now);
  if (byKeyOnly && ["undelete", "recover", "delete"].includes(want.kind)) {
    return { kind: "lost", reason: "the whole application was deleted or is to be; restore it without naming keys" };
  }
  return want;
}

function keysOf(history: ApplicationHistory): string[] {
  return history.versions.flatMap(({ values }) => [...(values?.keys() ?? [])]);
}

function latest({ versions }: ApplicationHistory): ApplicationHistory["versions"][number] | undefined {
  return versions.at(-1);
}

/** Takes the wanted value of each key, and notes what that changes. An undefined value: the key was not there. */
function applyValues(
  history: ApplicationHistory,
  wanted: ReadonlyMap<string, StoredValue | undefined>,
  version: number,
  after: Map<string, Values>,
  changes: Map<string, Change[]>,
): void {
  const { application } = history;
  const now = latest(history)?.values ?? new Map<string, StoredValue>();
  const values: Values = new Map(now);
  for (const [key, value] of wanted) {
    if (sameStoredValue(now.get(key), value)) continue;
    if (value === undefined) values.delete(key);
    else values.set(key, value);
    noteChange(changes, { application, key }, now.get(key), value, version);
  }
  after.set(application, values);
}

function noteChange(
  changes: Map<string, Change[]>,
  ref: SecretRef,
  before: StoredValue | undefined,
  value: StoredValue | undefined,
  version: number,
): void {
  const change: Change =
    value === undefined
      ? { ...ref, action: "delete", cause: { kind: "not-there-then" } }
      : { ...ref, action: before === undefined ? "create" : "update", cause: { kind: "restored", version } };
  const others = changes.get(ref.application);
  if (others) others.push(change);
  else changes.set(ref.application, [change]);
}

/** A secret that has, or gets, a restored value. */
interface Followed extends SecretRef {
  readonly version: number;
  readonly changed: boolean;
}

/**
 * Copies of a restored value take it too; what cannot follow is reported. What comes back as a whole comes back as it
 * was, with values that nobody can read before.
 */
function followSources(
  environment: Environment,
  histories: readonly ApplicationHistory[],
  after: Map<string, Values>,
  changes: Map<string, Change[]>,
  wanted: readonly { readonly history: ApplicationHistory; readonly wanted: Wanted }[],
): SecretRef[] {
  const dependents = dependentsOf(environment);
  const byName = new Map(histories.map((history) => [history.application, history]));
  const versionOf = new Map(wanted.map(({ history, wanted: want }) => [history.application, want]));
  const whole = new Set(wanted.flatMap(({ history, wanted: want }) => (isWhole(want) ? [history.application] : [])));
  const stale: SecretRef[] = [];
  const done = new Set([...changes.values()].flat().map(refId));
  // What has its old value already may have got it from a restoration that was interrupted before its copies.
  const queue = wanted.flatMap(({ history: { application }, wanted: want }): Followed[] =>
    want.kind === "values"
      ? [...want.values]
          .filter(([key, value]) => value !== undefined && sameStoredValue(after.get(application)?.get(key), value))
          .map(([key]) => ({ application, key, version: want.version, changed: done.has(refId({ application, key })) }))
      : [],
  );
  for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
    for (const ref of dependents.get(refId(source)) ?? []) {
      const secret = environment.applications.get(ref.application)?.secrets.get(ref.key);
      const history = byName.get(ref.application);
      const now = history && latest(history)?.values;
      if (secret === undefined || history === undefined || now === undefined || done.has(refId(ref))) continue;
      if (whole.has(ref.application)) continue;
      const values = after.get(ref.application) ?? new Map(now);
      const want = versionOf.get(ref.application);
      const own = want?.kind === "values" ? want.values.get(ref.key) : undefined;
      if (!source.changed && own !== undefined) continue;
      const value = secret.kind === "copy" ? after.get(source.application)?.get(source.key) : own;
      done.add(refId(ref));
      if (value === undefined) {
        if (source.changed && now.has(ref.key)) stale.push(ref);
        continue;
      }
      const changed = !sameStoredValue(now.get(ref.key), value);
      after.set(ref.application, values.set(ref.key, value));
      if (changed) noteChange(changes, ref, now.get(ref.key), value, source.version);
      queue.push({ ...ref, version: source.version, changed });
    }
  }
  return stale.sort(compareRefs);
}

function baseOf(history: ApplicationHistory): PlanBase {
  const last = latest(history);
  const { currentVersion: version } = history.metadata;
  const kind = last === undefined || last.destroyed ? "destroyed" : last.values === undefined ? "deleted" : "present";
  return { kind, version, createdTime: last?.createdTime ?? "" };
}

function putWrite(
  histories: readonly ApplicationHistory[],
  application: string,
  changes: readonly Change[],
  values: Values,
): ApplicationWrite[] {
  const history = histories.find((candidate) => candidate.application === application);
  if (history === undefined || changes.length === 0) return [];
  const base = baseOf(history);
  const sorted = [...changes].sort(compareRefs);
  const version = history.metadata.currentVersion;
  if (values.size === 0 && base.kind === "present") {
    return [
      { kind: "delete", application, version, planned: { application, action: "delete", base, changes: sorted } },
    ];
  }
  const action = base.kind === "present" ? "update" : "create";
  return [{ kind: "put", application, cas: version, values, planned: { application, action, base, changes: sorted } }];
}

type Whole = Extract<Wanted, { kind: "undelete" | "recover" | "delete" }>;

function isWhole(want: Wanted): want is Whole {
  return want.kind === "undelete" || want.kind === "recover" || want.kind === "delete";
}

function wholeWrite(history: ApplicationHistory, want: Whole): { planned: ApplicationPlan; write: ApplicationWrite } {
  const { application, metadata } = history;
  const base = baseOf(history);
  if (want.kind === "recover") {
    const planned: ApplicationPlan = { application, action: "recover", from: want.version, base, changes: [] };
    return {
      planned,
      write: { kind: "recover", application, from: want.version, cas: metadata.currentVersion, planned },
    };
  }
  const gone = want.kind === "delete" ? [...(latest(history)?.values?.keys() ?? [])] : [];
  const changes = gone
    .sort(compareCodePoints)
    .map((key): Change => ({ application, key, action: "delete", cause: { kind: "not-there-then" } }));
  const planned: ApplicationPlan = { application, action: want.kind, base, changes };
  return { planned, write: { kind: want.kind, application, version: metadata.currentVersion, planned } };
}

function resultingState(histories: readonly ApplicationHistory[], writes: readonly ApplicationWrite[]): CurrentState {
  const byName = new Map(writes.map((write) => [write.application, write]));
  return new Map(
    histories.flatMap((history) => {
      const { application, metadata } = history;
      const write = byName.get(application);
      const values = write?.kind === "put" ? write.values : write === undefined ? latest(history)?.values : undefined;
      if (values === undefined) return [];
      const { currentVersion: version, customMetadata } = metadata;
      return [
        [
          application,
          {
            kind: "present" as const,
            version,
            createdTime: latest(history)?.createdTime ?? "",
            customMetadata,
            values,
          },
        ] as const,
      ];
    }),
  );
}
