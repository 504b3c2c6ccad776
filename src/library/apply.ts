import { ports } from "../terminal/ports.js";
import type { ApplicationPlan } from "../model/plan.js";
import type { Undo } from "../model/undo.js";
import { effects, refuseNewChanges } from "../operations/approval.js";
import type { Allowances } from "../operations/guard.js";
import { carryOutRun } from "../operations/run.js";
import { loginText, noteText } from "../operations/run-note.js";
import { openRecord, runId } from "../operations/run-record.js";
import { massDeletion } from "../secrets/mass-change.js";
import { syncPlans } from "../operations/sync.js";
import { VERSION } from "../version.js";
import type { PlannedSync } from "./plan.js";
import type { Vault } from "./vault.js";

export interface ApplyOptions extends Allowances {
  /** Delete more than a fifth of all keys. */
  readonly allowMassDelete?: boolean;
  /** What is noted in Vault beside each version, as the commit that it was made from. */
  readonly commit?: string;
  /** Who is noted as the one who did it. Default: the login name of the process; "" leaves it out. */
  readonly by?: string;
  /** Why, which is noted, too. */
  readonly reason?: string;
  /** Called after each acknowledged write. */
  readonly onApplied?: (application: ApplicationPlan) => void;
  /** Ends the run after the writes that are under way. */
  readonly signal?: AbortSignal;
}

export interface Applied {
  /** Takes this run back: `phalanx secrets restore ENV --run ID`. */
  readonly run: string;
  /** What was written, in the order of the acknowledgements. */
  readonly applications: readonly ApplicationPlan[];
  /** What of it that run ID brings back, and what not. */
  readonly undo: Undo;
}

/**
 * Makes Vault hold what a plan says, with check-and-set of every version. If Vault has moved since, it is read and
 * planned again; what then has to change may be less than was planned, never something else.
 *
 * @throws InterruptedRun with what was written by then: nothing, if the plan cannot be applied or is rather a mistake.
 */
export async function apply(
  { session }: Vault,
  { plan: planned, target }: PlannedSync,
  options: ApplyOptions = {},
): Promise<Applied> {
  const { environment } = target;
  const info = {
    id: runId(ports.now(), ports.randomBytes(3)),
    environment: environment.name,
    commit: options.commit ?? "",
    tool: VERSION,
    command: "library",
    by: options.by === undefined ? loginText(ports.login()) : noteText("by", options.by, "by"),
    reason: noteText("reason", options.reason ?? "", "reason"),
  };
  const record = openRecord(environment, () => Promise.resolve(info));
  const approved = effects(planned, environment);
  const applied = await carryOutRun({
    session,
    environment,
    prepare: syncPlans(session, target, ports),
    allowed: options,
    consent: {
      person: "absent",
      given: true,
      required: false,
      mass: massDeletion,
      allowsMass: options.allowMassDelete ?? false,
    },
    replan: true,
    random: Math.random,
    signal: options.signal ?? new AbortController().signal,
    check: (plan) => Promise.resolve(refuseNewChanges(plan, approved)),
    approve: () => Promise.resolve(),
    record: {
      ...record,
      note: async (at, write) => {
        await record.note(at, write);
        options.onApplied?.(write.write.planned);
      },
    },
  });
  return { run: info.id, applications: applied.map(({ write }) => write.planned), undo: await record.undo() };
}
