import { ExitCode, PhalanxError } from "../../errors.js";
import { refuseMassDeletion } from "../../operations/guard.js";
import { type Context, warn } from "../../terminal/context.js";
import { type Loaded, loadStaticSecrets } from "../../target/load.js";
import { withLoaded } from "../../target/load-ahead.js";
import { isInteractive } from "../../terminal/terminal.js";
import { nextCommand, syncWords } from "../../runs/next-command.js";
import { showPlan } from "../../runs/show-plan.js";
import { runSync } from "../../runs/run-sync.js";
import { type SyncOptions, syncTarget } from "../../target/target-options.js";

export interface SyncCommandOptions extends SyncOptions {
  readonly dryRun?: boolean;
  readonly detailedExitcode?: boolean;
  readonly plan?: string;
  readonly resume?: boolean;
  readonly yes?: boolean;
  readonly adopt?: boolean;
}

/** `phalanx secrets sync ENV`: makes Vault hold what an environment requires. */
export function run(context: Context, name: string, options: SyncCommandOptions): Promise<ExitCode> {
  return withLoaded(context, name, options, (loaded) => syncLoaded(context, loaded, options));
}

async function syncLoaded(context: Context, loaded: Loaded, options: SyncCommandOptions): Promise<ExitCode> {
  if (options.plan !== undefined) return applyPlanFile(context, loaded, options, options.plan);
  const staticSecrets = await loadStaticSecrets(context, loaded.environment, options);
  const target = syncTarget(context, loaded, staticSecrets, options);
  if (options.dryRun) return showPlan(context, loaded, target, options);
  if (options.purge && !isInteractive(context)) {
    throw new PhalanxError("--purge always asks, and there is no terminal to ask at", {
      hint: "Delete softly (leave --purge out), or run it at a terminal.",
    });
  }
  const destructive = options.regenerate || target.deletion !== undefined;
  const apply = {
    ...options,
    yes: (options.yes ?? false) && !options.purge,
    replan: true,
    question: destructive ? `Apply this to ${loaded.environment.name}?` : undefined,
  };
  if (options.resume && !options.regenerate)
    throw new PhalanxError("--resume goes with --regenerate", { hint: "A plain sync can simply be run again." });
  if (options.regenerate) {
    const { runRegeneration } = await import("../../runs/regenerate.js");
    await runRegeneration(context, loaded, target, { ...apply, command: "sync --regenerate" });
  } else await runSync(context, loaded, target, apply);
  return ExitCode.ok;
}

/** Applies exactly what a plan file says, or nothing. */
async function applyPlanFile(
  context: Context,
  loaded: Loaded,
  given: SyncCommandOptions,
  path: string,
): Promise<ExitCode> {
  const { differences, optionsOf, readDocument } = await import("../../runs/plan-document.js");
  const document = await readDocument(context, path, loaded.environment.name);
  const options = optionsOf(document, given);
  const staticSecrets = await loadStaticSecrets(context, loaded.environment, options);
  const origin = staticSecrets?.origin ?? "none";
  if (origin !== document.staticSource) {
    throw new PhalanxError(
      `The plan was made with static secrets from ${document.staticSource}, and now they come from ${origin}`,
      {
        hint: document.staticSource === "file" ? "Give the same file with --secrets FILE." : "Leave --secrets out.",
      },
    );
  }
  if (origin === "file")
    warn(context, "whether the values in the file of static secrets are those of the plan is not checked");
  const target = syncTarget(context, loaded, staticSecrets, options);
  const words = ["secrets", "plan", loaded.environment.name, ...syncWords(options), "--out", path, "--force"];
  const again = nextCommand(words, options, options);
  await runSync(context, loaded, target, {
    yes: true,
    question: undefined,
    // Decided below, by what the plan says.
    allowMassDelete: true,
    adopt: given.adopt ?? false,
    replan: false,
    check: (plan, current) => {
      const problems = differences(document, { loaded, staticSecrets, plan, current });
      if (problems.length > 0) {
        throw new PhalanxError(`${path} no longer fits: nothing was written`, {
          problems,
          hint: `Make a new plan and look at it: ${again}`,
        });
      }
      if (!options.allowMassDelete) {
        const hint = `The plan does not allow that. If it is what you want, make it again: ${again} --allow-mass-delete`;
        refuseMassDeletion(loaded.environment, plan, current, hint);
      }
      return Promise.resolve();
    },
  });
  return ExitCode.ok;
}
