import { PhalanxError } from "../errors.js";
import { InterruptedRun } from "../operations/converge.js";
import type { AppliedWrite } from "../operations/apply-plan.js";
import type { Consent, Question } from "../operations/consent.js";
import { carryOutRun, type Proposal, type Run } from "../operations/run.js";
import { openRecord } from "../operations/run-record.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { CurrentState } from "../model/current-state.js";
import type { Environment } from "../model/environment.js";
import type { SecretRef } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { mayBeMassUndo } from "../secrets/mass-change.js";
import { located } from "../vault/locate.js";
import type { VaultSession } from "../vault/protocol.js";
import type { Context } from "../terminal/context.js";
import { accessWords, undoSourceWords } from "./next-command.js";
import type { RunReport } from "./report-run.js";
import { newRun, type RunIdentity } from "./run-info.js";
import type { SourceOptions } from "../target/load.js";
import { type VaultTarget, withVault } from "../access/session.js";
import { isAttended, personAt, reportFooter } from "../terminal/terminal.js";

/** What a command specifies about its run. */
export interface DrivenRun extends Pick<Run, "allowed" | "check" | "replan" | "typed"> {
  /** Whether a person is present is determined here. */
  readonly consent: Omit<Consent, "person" | "command">;
  /** The equivalent command that stays unambiguous, if the typed one may mean something else later. */
  readonly again?: (typed: readonly string[]) => readonly string[];
  /** Where the configuration is, to note its commit. */
  readonly root: string;
  readonly environment: Environment;
  readonly staticSecrets: StaticSecrets | undefined;
  /** The source options as typed: a restore uses them to find what the next sync would change again. */
  readonly sources?: Pick<SourceOptions, "secrets" | "identity">;
  /** Whether `--resume` can continue it, which is reported separately. */
  readonly resumable?: boolean;
  /** The runs that this one continues, newest first; called after it has written. */
  readonly earlier?: () => readonly string[];
  /** What those runs were to change, and this one as well: pods may hold other values of these. */
  readonly earlierChanges?: () => readonly SecretRef[];
  /** Prepares the run; undefined: there is nothing to run. */
  readonly plans: (session: VaultSession) => Promise<Run["prepare"] | undefined>;
  /** Shows what will happen, and asks; returns whether it asked, so that time at the prompt does not count. */
  readonly approve: (proposal: Proposal, question: Question) => Promise<boolean>;
  readonly beforeWriting?: (proposal: Pick<Proposal, "plan" | "current">, run: RunIdentity) => Promise<void>;
  readonly unchanged?: Run["unchanged"];
  /** Runs with the session after the run. */
  readonly afterwards?: (session: VaultSession, applied: readonly AppliedWrite[]) => Promise<void>;
  /** The lines for what was written. */
  readonly lines: (applied: readonly AppliedWrite[]) => string;
}

/** After a write whose outcome is unknown, what was typed may mean something else, or generate yet another value. */
function withAgain(error: PhalanxError, again: readonly string[] | "resume" | undefined): PhalanxError {
  const { diagnostic: said, problems, exitCode } = error;
  // Of several failed writes, each says what to do.
  const all = [said, ...problems];
  if (again === undefined || all.every(({ code }) => code !== "outcome-unknown")) return error;
  const [first = said, ...others] = all.map((each) =>
    each.code === "outcome-unknown" ? { ...each, details: { ...each.details, again } } : each,
  );
  return new PhalanxError(first, { cause: error, problems: others, exitCode });
}

/** Drives a run from the terminal, and reports what it has written, even if it fails. */
export async function driveRun(
  context: Context,
  target: VaultTarget,
  driven: DrivenRun,
): Promise<{ readonly applied: readonly AppliedWrite[] }> {
  const { environment } = driven;
  const run = newRun(context, environment.name, driven.root);
  const record = openRecord(environment, run);
  let current: CurrentState = new Map();
  let { vault } = environment;
  const said = (): RunReport => {
    const writes = record.applied.map(({ write }) => write.planned);
    // At a terminal, the name of the environment is asked for instead.
    const allowance = !isAttended(context) && mayBeMassUndo(writes, current) ? ["--allow-mass-change"] : [];
    const sources = undoSourceWords(driven.sources ?? {});
    return {
      ...driven,
      options: [...allowance, ...sources, ...accessWords(target.access)],
      signal: interrupts.signal,
      vault,
      access: accessWords(target.access),
    };
  };
  const interrupts = context.deferInterrupts();
  let start = 0;
  try {
    const applied = await withVault(context, { ...target, interrupts }, driven.staticSecrets, async (session) => {
      const prepare = await driven.plans(session);
      if (prepare === undefined) return undefined;
      const command = context.typed && (driven.again?.(context.typed) ?? context.typed);
      const done = await carryOutRun({
        session,
        environment,
        record,
        prepare: (state, approve) =>
          prepare(state, (plan, ...rest) => {
            context.watch?.planned(plan, environment.vault);
            return approve(plan, ...rest);
          }),
        allowed: driven.allowed,
        consent: { ...driven.consent, person: context.answer ? "absent" : personAt(context), command },
        replan: driven.replan,
        typed: driven.typed,
        random: () => (context.randomBytes(1)[0] ?? 0) / 255,
        signal: interrupts.signal,
        ...(driven.check && { check: driven.check }),
        ...(driven.unchanged && { unchanged: driven.unchanged }),
        approve: async (proposal, question) => {
          ({ current } = proposal);
          if (await driven.approve(proposal, question)) start = performance.now();
        },
        beforeWriting: async (plan, current) => {
          // Loaded before anything is written, so that it can be reported whatever happens.
          await import("./report-run.js");
          vault = located(session, environment.vault);
          await driven.beforeWriting?.({ plan, current }, run);
        },
      });
      await driven.afterwards?.(session, done);
      return done;
    });
    // The user only wanted to look.
    if (applied === undefined) return { applied: [] };
    const isSilent = !record.mayHaveWritten() && !context.answer && !context.watch && !driven.earlier;
    if (isSilent) return { applied };
    const { amount, report } = await import("./report-run.js");
    await report(context, record, said());
    if (applied.length > 0) context.stderr.write(reportFooter(context, [], amount(applied), start));
    return { applied };
  } catch (error) {
    if (!record.mayHaveWritten()) throw error;
    // As typed, --last would mean this very run.
    const again = context.typed && driven.again?.(context.typed);
    const isOther = again?.join("\0") !== context.typed?.join("\0");
    const details = { resumable: driven.resumable ?? false, ...(isOther && { again }) };
    const stopped = record.applied.length > 0 ? diagnostic("run-stopped-early", details) : undefined;
    const { report } = await import("./report-run.js");
    await report(context, record, said(), stopped);
    // Even if only a later step failed, such as a read, something was written.
    const further = driven.resumable ? ("resume" as const) : isOther ? again : undefined;
    throw error instanceof PhalanxError ? new InterruptedRun(withAgain(error, further), record) : error;
  } finally {
    interrupts.end();
  }
}
