import { ExitCode } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { MassKind } from "../model/mass-change.js";
import type { Plan } from "../model/plan.js";
import { type ComputedPlan, computePlan } from "../operations/compute-plan.js";
import { otherMountHolds } from "../operations/other-mount.js";
import { massWarnings } from "../operations/consent.js";
import { foreignStops } from "../operations/guard.js";
import { diagnose } from "../operations/diagnose.js";
import type { Target } from "../model/target.js";
import type { UndoLimit } from "../model/undo-limit.js";
import { impactOf } from "../secrets/impact.js";
import { massDeletion, massOfChanges } from "../secrets/mass-change.js";
import { printable } from "../render/printable.js";
import type { Context } from "../terminal/context.js";
import { type Loaded, sourceNotes } from "../target/load.js";
import { withVault } from "../access/session.js";
import { PLAN_FILE } from "../terminal/file-kinds.js";
import { refuseExisting, writeReportFile } from "../terminal/report-file.js";
import { print, reportFooter } from "../terminal/terminal.js";
import { stopsOf } from "../model/plan-stops.js";
import { deletedReaders } from "../target/deleted-readers.js";
import { refuseUnknownKept } from "../target/kept-names.js";
import { showPlan } from "./show-plan.js";
import { sparedNotes } from "./spared-notes.js";
import { interruptedNotes } from "./interrupted-run.js";
import { nextCommand, syncWords } from "./next-command.js";
import type { SyncOptions } from "../target/target-options.js";
import { jsonText } from "../render/json.js";

export interface PlanOptions extends SyncOptions {
  readonly output?: string;
  readonly force?: boolean;
  /** Whether it is a sync plan, whose plan file can be applied. */
  readonly applicable?: boolean;
  /** Whether it is a sync preview, which has no `-o`. */
  readonly isSync?: boolean;
  readonly detailedExitcode?: boolean;
  /** What counts towards a mass change; deletions by default. */
  readonly counts?: MassKind;
}

/** Exit codes with `--detailed-exitcode`, as in terraform. */
export const DETAILED = { nothing: 0, error: 1, changes: 2 } as const;

/** Computes a plan and shows it, as text or as a file that can be applied. */
export async function previewPlan(
  context: Context,
  loaded: Loaded,
  target: Target,
  options: PlanOptions,
): Promise<ExitCode> {
  const { environment } = loaded;
  const { output, force } = options;
  // Check before contacting Vault.
  if (output !== undefined) await refuseExisting(context, output, { kind: PLAN_FILE, force });
  const { computed, limits, stops, warnings } = await withVault(
    context,
    loaded,
    target.staticSecrets,
    async (session) => {
      const [result, other] = await Promise.all([
        computePlan(session, target),
        otherMountHolds(session, environment.vault),
      ]);
      refuseUnknownKept(target, options.keep, result.current);
      const { limits, warnings } = await diagnose(session, environment, result);
      const stops = foreignStops(environment, result.current, options, result.plan);
      const needs = options.allowMassChange ? undefined : options.output === undefined ? "run" : "plan-file";
      const mass = massWarnings(result.plan, result.current, massOf(options), needs);
      const read = await deletedReaders(context, { environment, root: loaded.root }, result.plan, false);
      const source = options.applicable === false ? [] : sourceNotes(target);
      return {
        computed: result,
        limits,
        stops,
        warnings: [
          ...source,
          ...sparedNotes(result.plan, target),
          ...(options.applicable === false
            ? []
            : await interruptedNotes(context, environment, result.current, options)),
          ...other,
          // What stops a run says the same, and what to do.
          ...warnings.filter(({ code }) => stops.length === 0 || code !== "prefix-of-other-environment"),
          ...stops,
          // What cannot be written needs no allowance.
          ...(stops.length === 0 ? mass : []),
          ...read,
        ],
      };
    },
  );
  const { plan } = computed;
  if (context.answer || options.output !== undefined)
    await writeDocument(context, loaded, target, { ...computed, limits, warnings }, options);
  if (!context.answer) {
    await showPlan(context, { environment, staticSecrets: target.staticSecrets, root: loaded.root }, plan, warnings);
    print(context.stdout, stops.length > 0 ? REFUSED : nextStep(context, computed, target, options));
  }
  return exitCode(plan, stops.length > 0, options.detailedExitcode ?? false);
}

/** {@link previewPlan} for a run that is not a sync: it has no plan file, and none of the options of a sync. */
export function previewChange(
  context: Context,
  loaded: Loaded,
  target: Target,
  options: Pick<PlanOptions, "adopt" | "allowMassChange" | "counts">,
): Promise<ExitCode> {
  return previewPlan(context, loaded, target, {
    ...options,
    exclude: [],
    keep: [],
    generateAnew: [],
    applicable: false,
  });
}

function massOf({ counts = "deletions" }: PlanOptions) {
  return counts === "changes" ? massOfChanges : massDeletion;
}

interface PlanRemarks {
  readonly limits: readonly UndoLimit[];
  readonly warnings: readonly AnyDiagnostic[];
}

async function writeDocument(
  context: Context,
  loaded: Loaded,
  target: Target,
  { plan, current, limits, warnings }: ComputedPlan & PlanRemarks,
  options: PlanOptions,
): Promise<void> {
  const { toDocument } = await import("./plan-document.js");
  const impact = impactOf(plan, loaded.environment, target.staticSecrets);
  const document = await toDocument(context, {
    loaded,
    staticSecrets: target.staticSecrets,
    options,
    plan,
    impact,
    current,
    limits,
  });
  const { output, force } = options;
  if (output !== undefined)
    await writeReportFile(context, output, jsonText(document), { kind: PLAN_FILE, force, isPrivate: true });
  context.answer?.result(document, [...stopsOf(plan), ...warnings]);
}

const REFUSED = "\nNothing was written to Vault, and nothing can be until that is resolved.\n";
const KEPT_HERE = "With -o FILE, the plan is saved";
const KEPT_BY_PLAN = "phalanx secrets plan -o FILE saves a plan";

/** How to apply this: a command to paste. */
function nextStep(
  context: Context,
  { plan, current }: ComputedPlan,
  { staticSecrets }: Target,
  options: PlanOptions,
): string {
  const { output, allowMassChange, applicable = true } = options;
  const { isTTY } = context.stdout;
  if (plan.applications.length === 0 || isImpossible(plan)) return reportFooter(context, []);
  const refused = output !== undefined && !allowMassChange && massOf(options)(plan, current) !== undefined;
  if (refused && output !== undefined)
    return `${isTTY ? "" : "\n"}Nothing was written to Vault. ${printable(output)} was saved, but cannot be applied: make it again with --force --allow-mass-change.\n${isTTY ? reportFooter(context, []) : ""}`;
  if (!applicable) return isTTY ? `Nothing was written.\n${reportFooter(context, [])}` : "\nNothing was written.\n";
  const sync = ["secrets", "sync", plan.environment];
  if (output !== undefined) {
    const words = [...sync, "--plan", output, ...(options.adopt ? ["--adopt"] : [])];
    const apply = printable(nextCommand(words, options, { ...options, exclude: [] }));
    const text = `Nothing was written to Vault. To apply this plan${staticSecrets ? " (the static secrets are read again)" : ""}:`;
    return isTTY ? reportFooter(context, [[text, apply]]) : `\n${text} ${apply}\n`;
  }
  if (!isTTY)
    return `\nNothing was written. ${options.isSync ? KEPT_BY_PLAN : KEPT_HERE}, so that you can apply it later.\n`;
  const apply = printable(nextCommand([...sync, ...syncWords(options)], options, options));
  return reportFooter(context, [["Nothing was written. To apply it:", apply]]);
}

function isImpossible(plan: Plan): boolean {
  return !plan.partial && stopsOf(plan).length > 0;
}

function exitCode(plan: Plan, isRefused: boolean, detailed: boolean): ExitCode {
  const isPart = stopsOf(plan).length > 0 || isRefused;
  if (!detailed) return isPart ? ExitCode.findings : ExitCode.ok;
  if (isRefused || isImpossible(plan) || (isPart && plan.applications.length === 0)) return DETAILED.error;
  return plan.applications.length > 0 ? DETAILED.changes : DETAILED.nothing;
}
