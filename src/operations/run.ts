import type { CurrentState } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { Environment } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import type { Resolved } from "../secrets/resolve.js";
import type { VaultSession } from "../vault/protocol.js";
import { type Convergence, converge, type RunState } from "./converge.js";
import type { AppliedWrite, PlannedWrites } from "./apply-plan.js";
import { diagnose } from "./diagnose.js";
import { type Consent, massWarnings, type Question, questionFor } from "./consent.js";
import { disappearing } from "./disappearing.js";
import { type Allowances, guard, requireAcceptance } from "./guard.js";
import type { RunRecord } from "./run-record.js";

/** What is approved: everything that is going to change, and what should be known of it. */
export interface Proposal {
  readonly plan: Plan;
  readonly current: CurrentState;
  readonly warnings: readonly AnyDiagnostic[];
}

/** Approves the first plan of a run, even one that changes nothing, before anything is generated or written. */
export type Approve = (plan: Plan, current: CurrentState, resolved?: Resolved) => Promise<void>;

export interface Run extends Pick<Convergence, "random" | "replan" | "signal" | "typed"> {
  readonly session: VaultSession;
  readonly environment: Environment;
  readonly record: RunRecord;
  /** Reads Vault, resolves, plans, has the first plan approved, and generates; called again when Vault has moved. */
  readonly prepare: (run: RunState, approve: Approve) => Promise<PlannedWrites>;
  readonly allowed: Allowances;
  readonly consent: Consent;
  /** Further checks of the first plan; rejects if it is not what it should be. */
  readonly check?: (plan: Plan, current: CurrentState) => Promise<void>;
  /** Says what is going to happen, and asks as the question says; rejects if it is not to be. Not called where nothing changes. */
  readonly approve: (proposal: Proposal, question: Question) => Promise<void>;
  /** Told what will change by itself, where there is nothing to do now. */
  readonly unchanged?: (warnings: readonly AnyDiagnostic[], plan: Plan) => void;
  /** Called when everything is agreed and nothing is written yet. */
  readonly beforeWriting?: (plan: Plan, current: CurrentState) => Promise<void>;
}

/**
 * The one way in which anything is written to an environment: read, resolve, plan, guard, diagnose,
 * approve, generate, write, record.
 * What has been written is in the record, however this ends.
 *
 * @throws InterruptedRun with what had been applied by then.
 */
export async function carryOutRun(run: Run): Promise<readonly AppliedWrite[]> {
  const { session, environment, record, allowed } = run;
  const approve: Approve = async (plan, current, resolved) => {
    guard(environment, current, allowed);
    await run.check?.(plan, current);
    const question = questionFor(environment, plan, current, run.consent);
    if (plan.applications.length === 0) {
      run.unchanged?.(disappearing(current), plan);
      return;
    }
    const { warnings } = await diagnose(session, environment, { plan, current, resolved });
    const mass = massWarnings(plan, current, run.consent.mass);
    await run.approve({ plan, current, warnings: [...warnings, ...mass] }, question);
    await requireAcceptance(session, environment, plan, current);
    await run.beforeWriting?.(plan, current);
  };
  const applied = await converge({
    session,
    environment,
    random: run.random,
    replan: run.replan,
    typed: run.typed,
    signal: run.signal,
    record,
    prepare: (state) => run.prepare(state, approve),
    onApplied: (applied) => record.note(session, applied),
    onTwin: record.noteTwin,
  }).finally(() => record.settle(session));
  return applied;
}
