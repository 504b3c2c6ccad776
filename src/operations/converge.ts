import { ExitCode, PhalanxError, ServerError } from "../errors.js";
import { compareCodePoints } from "../model/code-points.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { AppliedWrite, PlannedWrites, Writing } from "./apply-plan.js";
import type { RunRecord } from "./run-record.js";
import type { SeenValues } from "./seen-values.js";

/** How often a plan is recomputed because one application has changed in the meantime. */
const MAX_REPLANS = 50;

/** The longest pause before a plan is recomputed, so that each of many writers to one application gets a turn. */
const LONGEST_PAUSE = 3000;

/** What a run's record says about its writes. */
type Written = Pick<RunRecord, "applied" | "mayHaveWritten">;

/**
 * A run that stopped before it was complete. Its writes up to then remain.
 *
 * @example
 * ```ts
 * const loaded = loadEnvironment(".", "demo");
 * const vault = await openVault(loaded.environment, { token: process.env.VAULT_TOKEN ?? "" });
 * const planned = await plan(vault, loaded); // without the static secrets, which are not in Vault yet
 * try {
 *   await apply(vault, planned);
 * } catch (error) {
 *   if (!(error instanceof InterruptedRun)) throw error;
 *   console.error(error.message);
 *   console.log(`${error.applied.length} Vault secrets written`); // 0 Vault secrets written
 * } finally {
 *   vault.close();
 * }
 * ```
 */
export class InterruptedRun extends PhalanxError {
  /** The writes made before the run stopped. */
  readonly applied: readonly AppliedWrite[];

  /**
   * Wraps the error that stopped a run.
   *
   * @param cause The error.
   * @param written What the run had written.
   */
  constructor(cause: PhalanxError, written: Written) {
    const { applied, mayHaveWritten } = written;
    super(cause.diagnostic, {
      cause,
      problems: cause.problems,
      exitCode: mayHaveWritten() ? ExitCode.findings : cause.exitCode,
    });
    this.applied = applied;
  }
}

/** State that one run keeps between its plans. */
export interface RunState {
  /** Whether this is the run's first plan, the one an operator approves. */
  readonly first: boolean;
  readonly applied: readonly AppliedWrite[];
  readonly signal: AbortSignal;
}

export interface Convergence extends Writing {
  /** Contains every acknowledged write, and every one that another run has noted as its own. */
  readonly record: Written;
  /** Reads Vault, plans, and creates the writes; called again if Vault has changed. */
  readonly prepare: (run: RunState) => Promise<PlannedWrites>;
  /** Whether to recompute the plan if Vault has changed; otherwise that ends the run. */
  readonly replan: boolean;
  /** Whether somebody decided on the static values of this run: then they replace only what its plan has seen. */
  readonly decided?: () => boolean;
  /** A random number from 0 to 1, so that two colliding runs do not collide again. */
  readonly random: () => number;
}

/**
 * Applies plans until Vault holds what it should. Every write carries the version that its plan saw. If that is no
 * longer the latest, everything is read and planned again. The new plan may contain fewer changes than the approved
 * one, and changes to secrets that are copied or made from a changed one, but no others. It does not replace or delete a
 * value that someone decided to replace or delete if that value has changed in the meantime.
 *
 * @throws InterruptedRun with what had been applied by then.
 */
export async function converge(convergence: Convergence): Promise<readonly AppliedWrite[]> {
  const { session, environment, prepare, signal, replan, random, record } = convergence;
  const applied: AppliedWrite[] = [];
  const replans = new Map<string, number>();
  let approved: ReadonlySet<string> | undefined;
  let seen: SeenValues | undefined;
  try {
    for (;;) {
      const planned = await prepare({ first: approved === undefined, applied, signal });
      if (planned.writes.length === 0) return applied;
      const [{ applyPlan }, { effects, refuseNewChanges }, { seenBy }] = await Promise.all([
        import("./apply-plan.js"),
        import("./approval.js"),
        import("./seen-values.js"),
      ]);
      approved ??= effects(planned.approved ?? planned.plan, environment);
      refuseNewChanges(planned.plan, approved);
      seen ??= seenBy(environment.name, planned, convergence.decided?.() ?? false);
      seen.refuseUnseen(planned, record.mayHaveWritten());
      seen.noteOwn(planned);
      const conflicts = await applyPlan(convergence, planned, applied);
      if (conflicts.length === 0) return applied;
      if (!replan) throw changedMeanwhile(conflicts);
      await session.sleep(pauseAfter(conflicts, replans) * random());
    }
  } catch (error) {
    throw error instanceof PhalanxError ? new InterruptedRun(error, record) : error;
  }
}

function changedMeanwhile(conflicts: readonly string[]): ServerError {
  const applications = conflicts.toSorted(compareCodePoints);
  return new ServerError(diagnostic("vault-changed-meanwhile", { applications }));
}

/**
 * Milliseconds to wait before a plan is recomputed: longer the more often one of its applications was in conflict.
 *
 * @param replans How often that was; updated here.
 * @throws ServerError if it was too often.
 */
function pauseAfter(conflicts: readonly string[], replans: Map<string, number>): number {
  const counts = conflicts.map((application) => {
    const count = (replans.get(application) ?? 0) + 1;
    if (count > MAX_REPLANS) {
      const details = { replans: MAX_REPLANS };
      throw new ServerError(diagnostic("application-keeps-changing", details, { subject: { application } }));
    }
    replans.set(application, count);
    return count;
  });
  return Math.min(50 * 2 ** Math.max(...counts), LONGEST_PAUSE);
}
