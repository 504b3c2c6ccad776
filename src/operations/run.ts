import type { CurrentState } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { Environment } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import type { Resolved } from "../secrets/resolve.js";
import { located } from "../vault/locate.js";
import type { VaultSession } from "../vault/protocol.js";
import { type Convergence, converge, type RunState } from "./converge.js";
import type { AppliedWrite, PlannedWrites } from "./apply-plan.js";
import { heldByOthers } from "./shared-prefix.js";
import { type Consent, massWarnings, type Question, questionFor } from "./consent.js";
import { disappearing } from "./disappearing.js";
import { type Allowances, guard } from "./guard.js";
import type { RunRecord } from "./run-record.js";

/** What is to be approved: all changes, and what to know about them. */
export interface Proposal {
  readonly plan: Plan;
  readonly current: CurrentState;
  readonly warnings: readonly AnyDiagnostic[];
}

/** Approves the first plan of a run, even one without changes, before anything is generated or written. */
export type Approve = (plan: Plan, current: CurrentState, resolved?: Resolved) => Promise<void>;

export interface Run extends Pick<Convergence, "random" | "replan" | "signal"> {
  /** Whether static values were typed for this run. */
  readonly typed?: boolean | undefined;
  readonly session: VaultSession;
  readonly environment: Environment;
  readonly record: RunRecord;
  /** Reads Vault, resolves, plans, gets the first plan approved, and generates; called again if Vault has changed. */
  readonly prepare: (run: RunState, approve: Approve) => Promise<PlannedWrites>;
  readonly allowed: Allowances;
  readonly consent: Consent;
  /** Further checks of the first plan; rejects if it is not as expected. */
  readonly check?: (plan: Plan, current: CurrentState) => Promise<void>;
  /** Shows what will happen, and asks the question; rejects if the answer is no. Not called if nothing changes. */
  readonly approve: (proposal: Proposal, question: Question) => Promise<void>;
  /** Receives what will change by itself, if there is nothing to do now. */
  readonly unchanged?: (warnings: readonly AnyDiagnostic[], plan: Plan) => void;
  /** Called once everything is approved and before anything is written. */
  readonly beforeWriting?: (plan: Plan, current: CurrentState) => Promise<void>;
}

/**
 * The only way to write to an environment: read, resolve, plan, guard, diagnose, approve, generate, write, record. The
 * record contains what was written, even if this fails.
 *
 * @throws InterruptedRun with what had been applied by then.
 */
export async function carryOutRun(run: Run): Promise<readonly AppliedWrite[]> {
  const { session, environment, record, allowed } = run;
  let asked = false;
  const approve: Approve = async (plan, current, resolved) => {
    guard(environment, current, allowed, plan);
    await run.check?.(plan, current);
    const question = questionFor(environment, plan, current, run.consent);
    asked = question !== "none";
    if (plan.applications.length === 0) {
      run.unchanged?.(
        [...disappearing(located(session, environment.vault), current), ...heldByOthers(environment, current)],
        plan,
      );
      return;
    }
    // Before the first write, load the code that runs after it, too, so that none of it can be missing then.
    const [{ diagnose }, { requireAcceptance }] = await Promise.all([
      import("./diagnose.js"),
      import("./acceptance.js"),
      import("./record.js"),
      import("./settle.js"),
    ]);
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
    decided: () => asked || (run.typed ?? false),
    signal: run.signal,
    record,
    prepare: (state) => run.prepare(state, approve),
    onApplied: (applied) => record.note(session, applied),
    onTwin: record.noteTwin,
  }).finally(() => record.settle(session));
  return applied;
}
