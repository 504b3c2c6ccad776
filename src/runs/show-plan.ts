import { resolve } from "node:path";
import type { Target } from "../model/target.js";
import { ExitCode, PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Plan } from "../model/plan.js";
import { stopsOf } from "../model/plan-stops.js";
import { commandLine } from "../model/shell.js";
import { type ComputedPlan, computePlan } from "../operations/compute-plan.js";
import { otherMountHolds } from "../operations/other-mount.js";
import { undoLimits } from "../operations/undo-limits.js";
import { provenanceWarnings } from "../operations/provenance-warnings.js";
import { renderPlan } from "../render/plan.js";
import { undoLimitText } from "../render/undo-limit.js";
import type { UndoLimit } from "../model/undo-limit.js";
import { impactOf } from "../secrets/impact.js";
import { massDeletion } from "../secrets/mass-deletion.js";
import { printable } from "../render/printable.js";
import type { Context } from "../terminal/context.js";
import type { Loaded } from "../target/load.js";
import { withVault } from "../access/session.js";
import { closing, type Hint, styleFor } from "../terminal/terminal.js";
import { nextCommand, syncWords } from "./next-command.js";
import type { SyncOptions } from "../target/target-options.js";
import { jsonText } from "../render/json.js";

export interface PlanOptions extends SyncOptions {
  readonly out?: string;
  readonly force?: boolean;
  /** Whether the plan is one of a sync, so that a plan file of it can be applied. */
  readonly applicable?: boolean;
  readonly detailedExitcode?: boolean;
}

/** What `--detailed-exitcode` ends with; as terraform does. */
export const DETAILED = { nothing: 0, error: 1, changes: 2 } as const;

/** Computes a plan and shows it, as text or as a file that can be applied. */
export async function showPlan(
  context: Context,
  loaded: Loaded,
  target: Target,
  options: PlanOptions,
): Promise<ExitCode> {
  const { environment } = loaded;
  const { computed, limits, warnings } = await withVault(context, loaded, target.staticSecrets, async (session) => {
    const [result, other] = await Promise.all([
      computePlan(session, target),
      otherMountHolds(session, environment.vault),
    ]);
    const limits = await undoLimits(session, environment, result.plan);
    return {
      computed: result,
      limits,
      warnings: [
        ...(other ? [other] : []),
        ...provenanceWarnings(environment, result.current),
        ...limits.map(undoLimitText),
      ],
    };
  });
  const { plan, current } = computed;
  const impact = impactOf(plan, environment);
  const mass = massDeletion(plan, current);
  if (mass) {
    const asks = options.out === undefined ? "sync will ask for" : "to apply this plan, make it with";
    const { deleted, existing } = mass;
    warnings.push(
      `this deletes ${deleted} of ${existing} keys${options.allowMassDelete ? "" : `: ${asks} --allow-mass-delete`}`,
    );
  }
  if (context.answer || options.out !== undefined)
    await writeDocument(context, loaded, target, { ...computed, limits, warnings }, options);
  if (!context.answer) {
    const refused = mass !== undefined && options.out !== undefined && !options.allowMassDelete;
    const next = refused ? { ...options, applicable: false } : options;
    context.stdout.write(
      renderPlan({ plan, impact, environment, warnings }, styleFor(context, context.stdout)) +
        (context.stdout.isTTY ? closing(context, hints(environment.name, plan, next)) : nextStep(loaded, plan, next)),
    );
  }
  return exitCode(plan, options.detailedExitcode ?? false);
}

interface PlanRemarks {
  readonly limits: readonly UndoLimit[];
  readonly warnings: readonly string[];
}

async function writeDocument(
  context: Context,
  loaded: Loaded,
  target: Target,
  { plan, current, limits, warnings }: ComputedPlan & PlanRemarks,
  options: PlanOptions,
): Promise<void> {
  if (target.deletion?.purge) {
    throw new PhalanxError("A plan with --purge cannot be kept: it always asks", {
      hint: "Leave out --purge, or --out and --json.",
    });
  }
  const { toDocument } = await import("./plan-document.js");
  const impact = impactOf(plan, loaded.environment);
  const document = await toDocument(context, {
    loaded,
    staticSecrets: target.staticSecrets,
    options,
    plan,
    impact,
    current,
    limits,
  });
  if (options.out !== undefined) {
    const { writePrivateFile } = await import("../files/write-file.js");
    await writePrivateFile(resolve(context.cwd, options.out), options.out, jsonText(document), options.force ?? false);
  }
  const remarks = warnings.map((message) => diagnostic("untyped-warning", { message }));
  context.answer?.result(document, [...stopsOf(plan), ...remarks]);
}

/** What `nextStep` says, for a person who pastes it. */
function hints(name: string, { applications, unresolved, blocked }: Plan, options: PlanOptions): readonly Hint[] {
  if (applications.length === 0 || unresolved.length + blocked.length > 0 || options.applicable === false) return [];
  const { out } = options;
  if (out !== undefined) {
    const { secrets, identity } = options;
    const source = { ...(secrets === undefined ? {} : { secrets }), ...(identity === undefined ? {} : { identity }) };
    return [
      [
        "Nothing was written. To apply exactly this:",
        nextCommand(["secrets", "sync", name, "--plan", out], options, source),
      ],
    ];
  }
  const words = ["secrets", "sync", name, ...syncWords(options)];
  return [["Nothing was written. To apply it:", nextCommand(words, options, options)]];
}

function nextStep(
  { environment }: Loaded,
  { applications, unresolved, blocked }: Plan,
  { out, secrets, applicable = true }: PlanOptions,
): string {
  if (applications.length === 0 || unresolved.length + blocked.length > 0) return "";
  const source = secrets === undefined ? [] : ["--secrets", secrets];
  if (!applicable) return "\nNothing was written.\n";
  if (out === undefined) return "\nNothing was written. With --out FILE the plan is kept, to apply exactly it later.\n";
  return `\nNothing was written. To apply exactly this: ${printable(commandLine("phalanx", "secrets", "sync", environment.name, ...source, "--plan", out))}\n`;
}

function exitCode({ applications, unresolved, blocked }: Plan, detailed: boolean): ExitCode {
  const impossible = unresolved.length + blocked.length > 0;
  if (!detailed) return impossible ? ExitCode.findings : ExitCode.ok;
  if (impossible) return DETAILED.error;
  return applications.length > 0 ? DETAILED.changes : DETAILED.nothing;
}
