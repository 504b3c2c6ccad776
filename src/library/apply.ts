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

/** What {@link apply} may do, and what it records in Vault. */
export interface ApplyOptions extends Allowances {
  /** Allow the run to delete more than five keys and more than a fifth of all. */
  readonly allowMassDelete?: boolean;
  /** The Git commit of the configuration, recorded in the metadata of every secret written. */
  readonly commit?: string;
  /** Who runs this, recorded likewise. Default: the login name of the process. Pass `""` to record nobody. */
  readonly by?: string;
  /** Why, recorded likewise. A single line. */
  readonly reason?: string;
  /** Called after each successful write. */
  readonly onApplied?: (application: ApplicationPlan) => void;
  /** Abort it to stop the run. Writes in progress are completed first. */
  readonly signal?: AbortSignal;
}

/** The result of {@link apply}. */
export interface Applied {
  /** The id of the run. To undo it: `phalanx secrets restore ENV --run ID`. */
  readonly run: string;
  /** The applications written, in order of completion. */
  readonly applications: readonly ApplicationPlan[];
  /** How much of the run can be undone. */
  readonly undo: Undo;
}

/**
 * Applies a plan: generates the missing values and writes each application's secret once, with check-and-set.
 *
 * If Vault has changed since the plan was made, it is read and planned again. The new plan may contain fewer changes.
 * Beyond those of the first plan, it may contain only changes to secrets that are copied or made from a changed one.
 *
 * Nothing is written if a secret is unresolved, if the token lacks a capability, if another environment has written to
 * the prefix (see `adopt`), or if too much would be deleted (see `allowMassDelete`).
 *
 * @param vault The Vault to write to.
 * @param planned The plan, as returned by {@link plan}.
 * @param options What to allow, and what to record in Vault.
 * @returns The id of the run, and what it wrote. If nothing had to change, `applications` is empty.
 * @throws InterruptedRun if the run stops early. Its `applied` lists what was written before that.
 * @throws PhalanxError if `by` or `reason` is too long or not a single line.
 *
 * @example
 * ```ts
 * const loaded = loadEnvironment(".", "demo");
 * const { staticSecrets } = await readStaticSecrets("secrets-demo.yaml", loaded.environment);
 * const vault = await openVault(loaded.environment, { token: process.env.VAULT_TOKEN ?? "" });
 * const planned = await plan(vault, loaded, { staticSecrets });
 * const { applications } = await apply(vault, planned, { reason: "first sync" });
 * console.log(`${applications.length} Vault secrets written`); // 8 Vault secrets written
 * vault.close();
 * ```
 */
export async function apply(vault: Vault, planned: PlannedSync, options: ApplyOptions = {}): Promise<Applied> {
  const { session } = vault;
  const { target } = planned;
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
  const approved = effects(planned.plan, environment);
  const applied = await carryOutRun({
    session,
    environment,
    prepare: syncPlans(session, target, ports, { allowed: options }),
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
