import { diagnostic } from "../model/diagnostics/index.js";
import { vaultPrefix } from "../model/environment.js";
import { throwAsFinding } from "../errors.js";
import type { Target } from "../model/target.js";
import type { CurrentState } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { Plan } from "../model/plan.js";
import type { AppliedWrite } from "../operations/apply-plan.js";
import type { Allowances } from "../operations/guard.js";
import { otherMountHolds } from "../operations/other-mount.js";
import { syncPlans } from "../operations/sync.js";
import { stopsOf } from "../model/plan-stops.js";
import { renderApplied } from "../render/sync.js";
import { type Loaded, sourceNotes, uncomparedIn } from "../target/load.js";
import { type Context, notify } from "../terminal/context.js";
import { NOTHING } from "../render/nothing.js";
import { tellNothing } from "../terminal/terminal.js";
import { type DrivenRun, driveRun } from "./drive-run.js";
import { interruptedNotes } from "./interrupted-run.js";
import type { RunIdentity } from "./run-info.js";
import { sparedNotes } from "./spared-notes.js";

export interface ApplyOptions
  extends Allowances,
    Pick<DrivenRun, "earlier" | "earlierChanges" | "resumable" | "sources" | "typed"> {
  readonly consent: DrivenRun["consent"];
  /** The question for a person, after the plan is shown. */
  readonly question: string | ((plan: Plan) => string);
  /** Whether it is a whole sync: it names what it compares with, and it can be told to write only what it can. */
  readonly isSync?: boolean;
  /** The command to which `--partial` can be added, if not the one that was typed. */
  readonly partialOf?: readonly string[];
  /** Whether to recompute the plan if Vault has changed. */
  readonly replan: boolean;
  /** Further checks of the plan, before asking. */
  readonly check?: (plan: Plan, current: CurrentState) => Promise<void>;
  /** Whether a resumed run leaves something alone that it was asked for. */
  readonly leaves?: () => boolean;
  /** Called once everything is approved and before anything is written. */
  readonly beforeWriting?: (plan: Plan, current: CurrentState, run: RunIdentity) => Promise<void>;
}

/** Makes Vault hold what a target requires. */
export async function runSync(
  context: Context,
  loaded: Loaded,
  target: Target,
  { question: text, consent, beforeWriting, ...options }: ApplyOptions,
): Promise<{ readonly applied: readonly AppliedWrite[]; readonly isPart: boolean }> {
  const { environment, root } = loaded;
  let other: Promise<AnyDiagnostic[]> = Promise.resolve([]);
  const source = options.isSync ? sourceNotes(target) : [];
  let interrupted: readonly AnyDiagnostic[] = [];
  let told = false;
  let isPart = false;
  // What nobody is asked about happens at once.
  const writing = (said: AnyDiagnostic): AnyDiagnostic =>
    said.code === "generated-key-gone"
      ? {
          ...said,
          details: {
            ...said.details,
            now: options.isSync ? "sync" : "run",
            ...(!context.answer && { isReported: true as const }),
          },
        }
      : said;
  const done = await driveRun(context, loaded, {
    allowed: options,
    consent,
    replan: options.replan,
    typed: options.typed,
    check: async (plan, current) => {
      await options.check?.(plan, current);
      if (!options.isSync || options.resumable) return;
      interrupted = await interruptedNotes(context, environment, current, { ...options.sources, ...loaded.access });
    },
    root,
    environment,
    staticSecrets: target.staticSecrets,
    ...(options.earlier && { earlier: options.earlier }),
    ...(options.earlierChanges && { earlierChanges: options.earlierChanges }),
    ...(options.resumable && { resumable: true }),
    ...(options.sources && { sources: options.sources }),
    plans: (session) => {
      other = otherMountHolds(session, environment.vault);
      const command = options.isSync ? (options.partialOf ?? context.typed) : undefined;
      return Promise.resolve(syncPlans(session, target, context, { command, allowed: options }));
    },
    approve: async ({ plan, warnings }, question) => {
      told = true;
      const left = stopsOf(plan);
      isPart = left.length > 0;
      const [{ deletedReaders }, { approvePlan }] = await Promise.all([
        import("../target/deleted-readers.js"),
        import("./show-plan.js"),
      ]);
      // If asked, the user sees these in the plan.
      const all = [
        ...source,
        ...interrupted,
        ...sparedNotes(plan, target),
        ...(question === "none" ? left : []),
        ...(await other),
        ...(question === "none" ? warnings.map(writing) : warnings),
        ...(await deletedReaders(context, { environment, root }, plan, question === "none")),
      ];
      return approvePlan(
        context,
        { ...target, root, earlierChanges: options.earlierChanges?.() },
        { plan, warnings: all },
        question,
        typeof text === "string" ? text : text(plan),
      );
    },
    unchanged: (warnings, plan) => {
      const left = stopsOf(plan);
      isPart = left.length > 0;
      for (const said of [...source, ...interrupted, ...sparedNotes(plan, target), ...left, ...warnings])
        notify(context, said);
    },
    beforeWriting: async ({ plan, current }, run) => beforeWriting?.(plan, current, run),
    afterwards: async (session) => {
      // Some notes may have been written before the failure.
      if (options.adopt) {
        const { adopt } = await import("../operations/record.js");
        const adopted = await adopt(session, environment).catch(throwAsFinding);
        const details = { prefix: vaultPrefix(environment.vault), ...adopted };
        const subject = { environment: environment.name };
        if (adopted.former.length > 0) notify(context, diagnostic("prefix-adopted", details, { subject }));
      }
      for (const warning of told ? [] : await other) notify(context, warning);
    },
    lines: (applied) => renderApplied(applied.map(({ write }) => write.planned)),
  });
  isPart ||= options.leaves?.() ?? false;
  if (done.applied.length === 0 && !isPart && !context.answer)
    tellNothing(
      context,
      (options.earlierChanges?.().length ?? 0) > 0
        ? NOTHING.resumed
        : target.only === undefined
          ? NOTHING.run(environment.name, target.exclude, uncomparedIn(target))
          : NOTHING.runOfSome(uncomparedIn(target)),
    );
  return { ...done, isPart };
}
