import pLimit from "p-limit";
import { ExitCode, PhalanxError, ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";
import type { StoredValue } from "../model/secret-value.js";
import type { ApplicationWrite } from "../model/write.js";
import { dependentsOf } from "../secrets/dependents.js";
import { applyWrite, isLarge } from "../vault/apply-write.js";
import { PARALLEL_REQUESTS, readApplications } from "../vault/read-state.js";
import type { VaultSession } from "../vault/protocol.js";
import { inWaves, sourcesOf } from "./waves.js";

/** A successful write. */
export interface AppliedWrite {
  /** What was written. */
  readonly write: ApplicationWrite;
  /** The version that it created, or acted on. */
  readonly version: number;
  /** When Vault will delete that version (`delete_version_after`). RFC 3339. */
  readonly deletionTime?: string | undefined;
}

/** A plan, and the writes that apply it to the state it was computed from. */
export interface PlannedWrites {
  /** The approved plan, if values were generated after the approval; otherwise `plan` itself was approved. */
  readonly approved?: Plan;
  readonly plan: Plan;
  readonly writes: readonly ApplicationWrite[];
  /** Everything the plan was computed from. */
  readonly current: ReadonlyMap<
    string,
    { readonly version: number; readonly values?: ReadonlyMap<string, StoredValue> }
  >;
}

export interface Writing {
  readonly session: VaultSession;
  readonly environment: Environment;
  /** Aborted when the operator interrupts: requests in flight finish, and no new ones start. */
  readonly signal: AbortSignal;
  /** Called after each acknowledged write. Must not reject. */
  readonly onApplied: (applied: AppliedWrite) => Promise<unknown>;
  /** Called if another run has written, and noted as its own, exactly what this one was about to write. */
  readonly onTwin: (application: string, run: string) => void;
}

/** The versions created by the writes of one plan, by application. */
type Versions = Map<string, number>;

/**
 * Applies a plan once.
 *
 * @param applied Receives every write that the server acknowledged.
 * @returns The applications in conflict: they, or the sources of their copies, have changed since the plan was
 * computed, so it has to be computed again.
 */
export async function applyPlan(
  writing: Writing,
  planned: PlannedWrites,
  applied: AppliedWrite[],
): Promise<readonly string[]> {
  const made: Versions = new Map();
  const conflicts = await writeInWaves(writing, planned.writes, made, applied);
  return conflicts.length > 0 ? conflicts : conflictsAfterwards(writing, planned, made);
}

/** Writes wave by wave, up to the first wave with a conflict. */
async function writeInWaves(
  { session, environment, onApplied, onTwin, signal }: Writing,
  writes: readonly ApplicationWrite[],
  made: Versions,
  applied: AppliedWrite[],
): Promise<string[]> {
  const limit = pLimit(PARALLEL_REQUESTS);
  const conflicts: string[] = [];
  const apply = async (write: ApplicationWrite): Promise<void> => {
    if (signal.aborted) return;
    const outcome = await applyWrite(session, environment.vault, write);
    if (outcome.kind === "conflict") {
      conflicts.push(write.application);
      if (outcome.twin !== undefined) onTwin(write.application, outcome.twin);
      return;
    }
    const done = { write, version: outcome.version, deletionTime: outcome.deletionTime };
    applied.push(done);
    made.set(write.application, outcome.version);
    await onApplied(done);
    if (outcome.incomplete) throw outcome.incomplete;
  };
  for (const wave of inWaves(writes, environment).flatMap(largeFirst)) {
    const results = await Promise.allSettled(wave.map((each) => limit(() => apply(each))));
    const failures = results.flatMap((result): unknown[] => (result.status === "rejected" ? [result.reason] : []));
    if (failures.length > 0) throw together(failures);
    const left = writes.filter(({ application }) => !made.has(application));
    // An interrupt after the last write is ignored.
    if (signal.aborted && left.length > 0) throw stopped(left, applied);
    if (conflicts.length > 0) break;
  }
  return conflicts;
}

/** Writes that may exceed the server's limits go first, one at a time: if one fails, nothing else has been written. */
function largeFirst(wave: readonly ApplicationWrite[]): ApplicationWrite[][] {
  const [large, others] = [wave.filter(isLarge), wave.filter((write) => !isLarge(write))];
  return [...large.map((write) => [write]), others].filter((part) => part.length > 0);
}

function stopped(left: readonly ApplicationWrite[], applied: readonly AppliedWrite[]): PhalanxError {
  if (applied.length === 0) return new PhalanxError(diagnostic("interrupted-before-writing"));
  const details = { left: left.map(({ application }) => application) };
  return new PhalanxError(diagnostic("interrupted-while-writing", details), { exitCode: ExitCode.findings });
}

/** Several failures as one error that lists them; a single one, or a bug of ours, as it is. */
function together(failures: readonly unknown[]): unknown {
  const mistake = failures.find((failure) => !(failure instanceof PhalanxError));
  const all = failures.filter((failure) => failure instanceof PhalanxError);
  if (mistake !== undefined || all.length === 1) return mistake ?? all[0];
  return new ServerError(diagnostic("writes-failed", { count: all.length }), {
    cause: all[0],
    problems: all.map((failure) => failure.diagnostic),
    exitCode: all.some(({ exitCode }) => exitCode === ExitCode.findings) ? ExitCode.findings : ExitCode.usage,
  });
}

/**
 * A write carries only its own application's version. So its dependencies are checked once more after the last write:
 * the sources of copies, which someone may have changed before the copy was written, and the applications whose copies
 * needed no write when the plan was computed. Of two overlapping runs, at least one notices.
 */
async function conflictsAfterwards(
  { session, environment }: Writing,
  { writes, current }: PlannedWrites,
  made: Versions,
): Promise<string[]> {
  const watched = new Map(writes.map((write) => [write.application, sourcesOf(write, environment)] as const));
  for (const follower of followersOf(writes, environment))
    if (!made.has(follower)) watched.set(follower, new Set([follower]));
  const all = new Set([...watched.values()].flatMap((set) => [...set]));
  const now = await readApplications(session, environment.vault, all);
  const hasChanged = (application: string): boolean =>
    (now.get(application)?.version ?? 0) !== (made.get(application) ?? current.get(application)?.version ?? 0);
  return [...watched].flatMap(([application, others]) => ([...others].some(hasChanged) ? [application] : []));
}

/** The applications with secrets that derive directly from those that writes change. */
function followersOf(writes: readonly ApplicationWrite[], environment: Environment): Set<string> {
  const dependents = dependentsOf(environment);
  const changed = writes.flatMap(({ planned }): readonly SecretRef[] => planned.changes);
  return new Set(changed.flatMap((ref) => dependents.get(refId(ref)) ?? []).map(({ application }) => application));
}
