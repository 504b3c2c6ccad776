import pLimit from "p-limit";
import { ExitCode, PhalanxError, ServerError } from "../errors.js";
import { compareCodePoints } from "../model/code-points.js";
import type { Environment } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import type { ApplicationWrite } from "../model/write.js";
import { applyWrite, isLarge } from "../vault/apply-write.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import { effects, refuseNewChanges } from "./approval.js";
import { movedAfterwards } from "./moved.js";
import { inWaves } from "./waves.js";

/** How often a plan is made again because one application has changed meanwhile. */
const MAX_REPLANS = 50;

/** The longest pause before a plan is made again: of many that write to one application, each gets its turn. */
const LONGEST_PAUSE = 3000;

/** A write that the server acknowledged. */
export interface AppliedWrite {
  readonly write: ApplicationWrite;
  readonly version: number;
}

/** A run that ended early; what it had written before stays written. */
export class InterruptedRun extends PhalanxError {
  readonly applied: readonly AppliedWrite[];

  constructor(cause: PhalanxError, applied: readonly AppliedWrite[]) {
    super(cause.diagnostic, {
      cause,
      problems: cause.problems,
      exitCode: applied.length > 0 ? ExitCode.findings : cause.exitCode,
    });
    this.applied = applied;
  }
}

/** What one run remembers between its plans. */
export interface RunState {
  /** Whether this is the run's first plan, the one that an operator approves. */
  readonly first: boolean;
  readonly applied: readonly AppliedWrite[];
  readonly stopRequested: () => boolean;
}

/** A plan, and the writes that carry it out against the state that it was made from. */
export interface PlannedWrites {
  readonly plan: Plan;
  readonly writes: readonly ApplicationWrite[];
  /** The version of everything that the plan was made from. */
  readonly current: ReadonlyMap<string, { readonly version: number }>;
}

export interface Convergence {
  readonly session: VaultSession;
  readonly environment: Environment;
  /** Reads Vault, plans, and makes what has to be written; called again when Vault has moved. */
  readonly prepare: (run: RunState) => Promise<PlannedWrites>;
  /** Whether the operator has asked to stop: what is under way is finished, and nothing more is begun. */
  readonly stopRequested: () => boolean;
  /** Called after each acknowledged write. It must not reject. */
  readonly onApplied: (applied: AppliedWrite) => Promise<unknown>;
  /** Whether a plan is made again when Vault has moved; otherwise that ends the run. */
  readonly replan: boolean;
  /** A random number from 0 to 1, so that two runs that meet do not meet again. */
  readonly random: () => number;
}

/**
 * Applies plans until Vault holds what it should. Every write carries the version that its plan saw. If that has moved,
 * everything is read and planned again; the new plan may hold fewer changes than the approved one, never others.
 *
 * @throws InterruptedRun with what had been applied by then.
 */
export async function converge(convergence: Convergence): Promise<readonly AppliedWrite[]> {
  const applied: AppliedWrite[] = [];
  const replans = new Map<string, number>();
  let approved: ReadonlySet<string> | undefined;
  try {
    for (;;) {
      const { stopRequested } = convergence;
      const run = { first: approved === undefined, applied, stopRequested };
      const { plan, writes, current } = await convergence.prepare(run);
      if (writes.length === 0) return applied;
      if (approved) refuseNewChanges(plan, approved);
      else approved = effects(plan, convergence.environment);
      const moved = await applyInWaves(convergence, writes, applied);
      if (moved.length === 0) {
        // Of this plan alone: what an earlier one has written, others may have changed before this one was made.
        const own = new Set(writes);
        const written = new Map(
          applied.flatMap(({ write, version }) => (own.has(write) ? [[write.application, version] as const] : [])),
        );
        const expected = {
          seen: (application: string): number => current.get(application)?.version ?? 0,
          written: (application: string): number | undefined => written.get(application),
        };
        moved.push(...(await movedAfterwards(convergence.session, convergence.environment, writes, expected)));
      }
      if (moved.length === 0) return applied;
      if (!convergence.replan) throw changedMeanwhile(moved);
      const again = countReplans(replans, moved);
      await convergence.session.sleep(Math.min(50 * 2 ** again, LONGEST_PAUSE) * convergence.random());
    }
  } catch (error) {
    throw error instanceof PhalanxError ? new InterruptedRun(error, applied) : error;
  }
}

function changedMeanwhile(applications: readonly string[]): ServerError {
  const names = applications.toSorted(compareCodePoints);
  return new ServerError(`Vault changed during the run: ${names.join(", ")}`, {
    hint: "Make a new plan and look at it.",
  });
}

/** Writes wave by wave; stops after the wave in which something had moved, and says which applications. */
async function applyInWaves(
  { session, environment, onApplied, stopRequested }: Convergence,
  writes: readonly ApplicationWrite[],
  applied: AppliedWrite[],
): Promise<string[]> {
  const limit = pLimit(PARALLEL_REQUESTS);
  const left = new Set(writes);
  for (const wave of inWaves(writes, environment).flatMap(largeFirst)) {
    const conflicts: string[] = [];
    const results = await Promise.allSettled(
      wave.map((write) =>
        limit(async () => {
          if (stopRequested()) return;
          const outcome = await applyWrite(session, environment.vault, write);
          if (outcome.kind === "conflict") {
            conflicts.push(write.application);
            return;
          }
          const done = { write, version: outcome.version };
          applied.push(done);
          left.delete(write);
          await onApplied(done);
          if (outcome.incomplete) throw outcome.incomplete;
        }),
      ),
    );
    const failures = results.flatMap((result): unknown[] => (result.status === "rejected" ? [result.reason] : []));
    if (failures.length > 0) throw together(failures);
    // Whoever stops a run that has written everything has come too late.
    if (stopRequested() && left.size > 0) throw stopped([...left], applied);
    if (conflicts.length > 0) return conflicts;
  }
  return [];
}

/** What the server may have no room for goes first, each by itself: where it has none, nothing else has been written. */
function largeFirst(wave: readonly ApplicationWrite[]): ApplicationWrite[][] {
  const [large, others] = [wave.filter(isLarge), wave.filter((write) => !isLarge(write))];
  return [...large.map((write) => [write]), others].filter((part) => part.length > 0);
}

function stopped(left: readonly ApplicationWrite[], applied: readonly AppliedWrite[]): PhalanxError {
  const nothing = applied.length === 0;
  return new PhalanxError(
    nothing
      ? "Interrupted: nothing was written"
      : `Interrupted: not written were ${left.map(({ application }) => application).join(", ")}`,
    {
      hint: nothing
        ? "Run it again when you are ready."
        : "Run it again to make the other changes, or take back what was done.",
      exitCode: nothing ? ExitCode.usage : ExitCode.findings,
    },
  );
}

/** Several failures as one error that lists them; a single one, or a mistake of ours, as it is. */
function together(failures: readonly unknown[]): unknown {
  const mistake = failures.find((failure) => !(failure instanceof PhalanxError));
  const all = failures.filter((failure) => failure instanceof PhalanxError);
  if (mistake !== undefined || all.length === 1) return mistake ?? all[0];
  return new ServerError(`${all.length} writes failed`, {
    cause: all[0],
    problems: all.map(({ message, hint }) => ({ message, hint })),
    exitCode: all.some(({ exitCode }) => exitCode === ExitCode.findings) ? ExitCode.findings : ExitCode.usage,
  });
}

/** @returns How often one of them has moved. */
function countReplans(replans: Map<string, number>, moved: readonly string[]): number {
  for (const application of moved) {
    const count = (replans.get(application) ?? 0) + 1;
    replans.set(application, count);
    if (count > MAX_REPLANS) {
      throw new ServerError(
        `${application} keeps changing in Vault: it was planned again ${MAX_REPLANS} times and not overwritten`,
        {
          hint: "Somebody else writes to it. Find out who, then run again.",
        },
      );
    }
  }
  return Math.max(...moved.map((application) => replans.get(application) ?? 0));
}
