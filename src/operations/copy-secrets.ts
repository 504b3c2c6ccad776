import type { ApplicationState, CurrentState } from "../model/current-state.js";
import { type VaultLocation, vaultPrefix } from "../model/environment.js";
import type { ApplicationPlan, Change } from "../model/plan.js";
import { compareRefs } from "../model/secret.js";
import { sameStoredValue, type StoredValue } from "../model/secret-value.js";
import type { PutWrite } from "../model/write.js";
import type { Run } from "./run.js";
import type { VaultSession } from "../vault/protocol.js";
import { locate } from "../vault/locate.js";
import { listIfAllowed, listPrefix } from "../vault/list-applications.js";
import { readApplications } from "../vault/read-state.js";

/** What a copy from one prefix to another would do. */
export interface CopyPlan {
  readonly writes: readonly PutWrite[];
  /** Names with other values at the new prefix; overwritten only on request. */
  readonly conflicts: readonly string[];
  /** Names that already have the same values there. */
  readonly same: readonly string[];
  /** Names of folders, with the trailing slash; a copy is one level deep. */
  readonly folders: readonly string[];
  /** Names whose latest version at the old prefix is deleted. */
  readonly deleted: readonly string[];
  /** What the new prefix holds under these names. */
  readonly there: CurrentState;
  /** All that it holds, as far as that may be seen: the notes say whose it is. */
  readonly held: CurrentState;
}

/** Reads both prefixes and plans the writes, each of a whole secret and with check-and-set. */
export async function planCopy(
  session: VaultSession,
  from: VaultLocation,
  to: VaultLocation,
  overwrite: boolean,
): Promise<CopyPlan> {
  await locate(session, to);
  const { applications: secrets, folders } = await listPrefix(session, from);
  // Without that right, what is about to be written says enough.
  const held = (await listIfAllowed(session, to))?.applications ?? [];
  const [source, all] = await Promise.all([
    readApplications(session, from, secrets),
    readApplications(session, to, [...new Set([...secrets, ...held])]),
  ]);
  const target: CurrentState = new Map([...all].filter(([name]) => secrets.includes(name)));
  const writes: PutWrite[] = [];
  const [conflicts, same]: [string[], string[]] = [[], []];
  for (const [application, state] of source) {
    if (state.kind !== "present") continue;
    const there = target.get(application);
    if (there?.kind === "present" && holdsSame(there.values, state.values)) same.push(application);
    else if (there?.kind === "present" && !overwrite) conflicts.push(application);
    else writes.push(toWrite(application, state.values, there, vaultPrefix(from)));
  }
  const deleted = secrets.filter((name) => source.get(name)?.kind !== "present");
  return { writes, conflicts, same, folders, deleted, there: target, held: all };
}

function holdsSame(a: ReadonlyMap<string, StoredValue>, b: ReadonlyMap<string, StoredValue>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => sameStoredValue(b.get(key), value));
}

function toWrite(
  application: string,
  values: ReadonlyMap<string, StoredValue>,
  there: ApplicationState | undefined,
  prefix: string,
): PutWrite {
  const before = there?.kind === "present" ? there.values : new Map<string, StoredValue>();
  const taken = [...values].flatMap(([key, value]): Change[] => {
    const action = before.has(key) ? "update" : "create";
    const isThere = sameStoredValue(before.get(key), value);
    return isThere ? [] : [{ application, key, action, cause: { kind: "other-prefix", prefix } }];
  });
  const gone = [...before.keys()]
    .filter((key) => !values.has(key))
    .map((key): Change => ({ application, key, action: "delete", cause: { kind: "not-at-other-prefix", prefix } }));
  const changes = [...taken, ...gone].sort(compareRefs);
  const base =
    there === undefined
      ? { kind: "absent" as const }
      : { kind: there.kind, version: there.version, createdTime: there.createdTime };
  const planned: ApplicationPlan = {
    application,
    action: there?.kind === "present" ? "update" : "create",
    base,
    changes,
  };
  return { kind: "put", application, cas: there?.version ?? 0, values, planned };
}

/** The first plan's copies, and recomputed ones if the new prefix has changed in the meantime. */
export function copyPlans(environment: string, first: CopyPlan, again: () => Promise<CopyPlan>): Run["prepare"] {
  return async (run, approve) => {
    const { writes, there } = run.first ? first : await again();
    const plan = {
      environment,
      applications: writes.map(({ planned }) => planned),
      unknown: [],
      unresolved: [],
      blocked: [],
    };
    // Without current state: what is replaced is checked along with its history, and an application of that name may
    // belong to nobody here.
    if (run.first) await approve(plan, new Map());
    return { plan, writes, current: there };
  };
}
