import pLimit from "p-limit";
import { ExitCode, PhalanxError, ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";
import type { StoredValue } from "../model/secret-value.js";
import type { ApplicationWrite } from "../model/write.js";
import { dependentsOf } from "../secrets/impact.js";
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

/** A plan, and the writes that carry it out against the state that it was made from. */
export interface PlannedWrites {
  /** What was approved, where values had to be generated after that; otherwise the plan itself was. */
  readonly approved?: Plan;
  readonly plan: Plan;
  readonly writes: readonly ApplicationWrite[];
  /** Everything that the plan was made from. */
  readonly current: ReadonlyMap<
    string,
    { readonly version: number; readonly values?: ReadonlyMap<string, StoredValue> }
  >;
}

export interface Writing {
  readonly session: VaultSession;
  readonly environment: Environment;
  /** Aborted where the operator has asked to stop: what is under way is finished, and nothing more is begun. */
  readonly signal: AbortSignal;
  /** Called after each acknowledged write. It must not reject. */
  readonly onApplied: (applied: AppliedWrite) => Promise<unknown>;
  /** Called where another run has written, and noted as its own, exactly what was to be written. */
  readonly onTwin: (application: string, run: string) => void;
}

/** The versions that the writes of one plan made, by application. */
type Versions = Map<string, number>;

/**
 * Carries out a plan once.
 *
 * @param applied Gets every write that the server acknowledged.
 * @returns The applications in conflict: they have changed since the plan was made, or what their copies are made from
 * has, and a plan has to be made again.
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

/** Writes wave by wave, up to the wave in which there is a conflict. */
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
    // A stop after the last write is ignored.
    if (signal.aborted && left.length > 0) throw stopped(left, applied);
    if (conflicts.length > 0) break;
  }
  return conflicts;
}

/** What the server may have no room for goes first, each by itself: where it has none, nothing else has been written. */
function largeFirst(wave: readonly ApplicationWrite[]): ApplicationWrite[][] {
  const [large, others] = [wave.filter(isLarge), wave.filter((write) => !isLarge(write))];
  return [...large.map((write) => [write]), others].filter((part) => part.length > 0);
}

function stopped(left: readonly ApplicationWrite[], applied: readonly AppliedWrite[]): PhalanxError {
  if (applied.length === 0) return new PhalanxError(diagnostic("interrupted-before-writing"));
  const details = { left: left.map(({ application }) => application) };
  return new PhalanxError(diagnostic("interrupted-while-writing", details), { exitCode: ExitCode.findings });
}

/** Several failures as one error that lists them; a single one, or a mistake of ours, as it is. */
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
 * Writes carry the version of their own application only. So what they depend on is looked at once more after the last
 * of them: the sources of copies, which somebody may have written before the copy was, and the applications with copies
 * that needed no write when the plan was made. Of two runs that cross, at least one sees that.
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

/** The applications with secrets that are made, directly, from those that writes change. */
function followersOf(writes: readonly ApplicationWrite[], environment: Environment): Set<string> {
  const dependents = dependentsOf(environment);
  const changed = writes.flatMap(({ planned }): readonly SecretRef[] => planned.changes);
  return new Set(changed.flatMap((ref) => dependents.get(refId(ref)) ?? []).map(({ application }) => application));
}
