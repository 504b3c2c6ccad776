import { ExitCode, PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { CurrentState } from "../../model/current-state.js";
import { type Environment, requiredSecrets, vaultPrefix } from "../../model/environment.js";
import type { Plan } from "../../model/plan.js";
import type { StaticSecrets } from "../../model/static-secrets.js";
import { isMadeOnce, refId, type SecretRef } from "../../model/secret.js";
import type { Target } from "../../model/target.js";
import { commandLine } from "../../model/shell.js";
import { massDeletion } from "../../secrets/mass-change.js";
import { type Context, notify } from "../../terminal/context.js";
import { heldNames, refuseUnknownExcluded } from "../../target/held-names.js";
import { type Loaded, loadStaticSecrets } from "../../target/load.js";
import { withLoaded } from "../../target/load-ahead.js";
import { personAt } from "../../terminal/terminal.js";
import {
  accessWords,
  deletionOf,
  nextCommand,
  nextWords,
  retyped,
  syncWords,
  undoSourceWords,
} from "../../runs/next-command.js";
import { runSync } from "../../runs/run-sync.js";
import { refuseUnknownKept } from "../../target/kept-names.js";
import { deletes, type SyncOptions, syncTarget } from "../../target/target-options.js";

export interface SyncCommandOptions extends SyncOptions {
  readonly dryRun?: boolean;
  readonly detailedExitcode?: boolean;
  readonly plan?: string;
  readonly resume?: boolean;
  readonly yes?: boolean;
}

/** `phalanx secrets sync ENV`: makes Vault hold what an environment requires. */
export function run(
  context: Context,
  name: string,
  names: readonly string[],
  given: SyncCommandOptions,
): Promise<ExitCode> {
  const options = { ...given, names };
  return withLoaded(context, name, options, (loaded) => syncLoaded(context, loaded, options));
}

async function syncLoaded(context: Context, loaded: Loaded, options: SyncCommandOptions): Promise<ExitCode> {
  if (options.plan !== undefined) return applyPlanFile(context, loaded, options, options.plan);
  const staticSecrets = await loadStaticSecrets(context, loaded.environment, options);
  const target = await namedTarget(context, loaded, staticSecrets, options);
  if (options.dryRun) {
    const { previewPlan } = await import("../../runs/preview-plan.js");
    return previewPlan(context, loaded, target, { ...options, isSync: true });
  }
  const person = personAt(context);
  if (options.purge && person !== "reachable") {
    throw new PhalanxError(diagnostic("purge-unattended", { unseen: person === "unreachable" }));
  }
  const apply = {
    sources: options,
    adopt: options.adopt ?? false,
    replan: true,
    check: (plan: Plan, current: CurrentState) => {
      refuseUnknownKept(target, options.keep, current);
      const kept = options.purge ? keptByPurge(plan) : [];
      if (kept.length > 0) {
        const { name: environment, vault } = loaded.environment;
        const applications = [...new Set(kept.map(({ application }) => application))];
        const details = { secrets: kept.map(refId), applications, prefix: vaultPrefix(vault) };
        notify(context, diagnostic("purge-keeps-versions", details, { subject: { environment } }));
      }
      return Promise.resolve();
    },
    consent: {
      given: (options.yes ?? false) && !options.purge,
      always: options.purge ?? false,
      required: false,
      mass: massDeletion,
      allowsMass: options.allowMassChange ?? false,
    },
    isSync: true,
    question: `Apply this to ${loaded.environment.name}?`,
  };
  if (options.regenerate) {
    const words = ["secrets", "sync", loaded.environment.name, ...syncWords(options), "--resume"];
    const again = nextCommand(words, options, options);
    const { runRegeneration } = await import("../../runs/regenerate.js");
    const mass = options.allowMassChange ? ["--allow-mass-change"] : [];
    const kept = { mass, access: accessWords(options), sources: undoSourceWords(options) };
    const question = (plan: Plan): string => newValuesQuestion(loaded.environment, plan);
    const how = {
      ...apply,
      question,
      resume: options.resume ?? false,
      command: "sync --regenerate",
      again,
      kept,
    } as const;
    return statusOf(await runRegeneration(context, loaded, target, how));
  }
  return statusOf(await runSync(context, loaded, target, apply));
}

/** The target of the sync; its names may be known only to Vault. */
async function namedTarget(
  context: Context,
  loaded: Loaded,
  staticSecrets: StaticSecrets | undefined,
  options: SyncCommandOptions,
): Promise<Target> {
  const found = await heldNames(context, loaded, staticSecrets, options.names);
  const held = { ...found, deletion: deletionOf("sync", loaded.environment.name, options) };
  if (deletes(options)) await refuseUnknownExcluded(context, loaded, staticSecrets, options.exclude);
  return syncTarget(context, loaded, staticSecrets, { ...options, held });
}

/** Of a regeneration: how many secrets get new values, as a rotation asks, and whether these are all there are. */
function newValuesQuestion(environment: Environment, { applications, blocked }: Plan): string {
  const { name } = environment;
  const stopped = new Set(blocked.map(({ application }) => application));
  const changes = applications.filter((each) => !stopped.has(each.application)).flatMap((each) => each.changes);
  const renewed = changes.filter(({ cause }) => cause.kind === "regeneration-requested");
  const [first] = renewed;
  if (first === undefined) return `Apply this to ${name}?`;
  const all = requiredSecrets(environment).filter(isMadeOnce);
  const isAll = renewed.length === all.length;
  const what =
    renewed.length === 1
      ? `${refId(first)} a new value`
      : `${isAll ? "all" : "these"} ${renewed.length} ${isAll ? "generated " : ""}secrets new values`;
  // What follows these is part of it.
  const isMore = changes.some(({ cause: { kind } }) => kind !== "regeneration-requested" && kind !== "source-changes");
  return `Give ${what} in ${name}${isMore ? ", and make the other changes" : ""}?`;
}

function statusOf({ isPart }: { readonly isPart: boolean }): ExitCode {
  return isPart ? ExitCode.findings : ExitCode.ok;
}

/** Applies exactly what a plan file contains, or nothing. */
async function applyPlanFile(
  context: Context,
  loaded: Loaded,
  given: SyncCommandOptions,
  path: string,
): Promise<ExitCode> {
  const { differences, isMadeFrom, optionsOf, readDocument } = await import("../../runs/plan-document.js");
  const document = await readDocument(context, path, loaded.environment.name, (file, ...more) =>
    nextCommand(["secrets", "plan", loaded.environment.name, "-o", file, ...more], given, given),
  );
  const options = optionsOf(document, given);
  const { staticFiles = [] } = loaded.environment;
  const named = options.secrets ?? staticFiles;
  // Checked before they are decrypted.
  if (!isMadeFrom(document, named)) {
    const planned = document.staticFiles ?? [];
    const words = isMadeFrom(document, staticFiles) ? [] : planned.flatMap((file) => ["--secrets", file]);
    const typed = context.typed ?? ["secrets", "sync", loaded.environment.name, "--plan", path];
    const details = { file: path, planned, given: named, command: retyped(typed, ["--secrets"], ...words) };
    throw new PhalanxError(diagnostic("plan-static-files-differ", details));
  }
  const staticSecrets = await loadStaticSecrets(context, loaded.environment, options);
  const origin = staticSecrets?.origin ?? "none";
  if (origin !== document.staticSource) {
    throw new PhalanxError(diagnostic("plan-static-source-differs", { planned: document.staticSource, found: origin }));
  }
  const usesValues = document.applications.some(({ changes }) => changes.some(({ action }) => action !== "delete"));
  if (origin === "file" && usesValues) notify(context, diagnostic("plan-values-unchecked"));
  const target = await namedTarget(context, loaded, staticSecrets, options);
  const plan = ["secrets", "plan", loaded.environment.name, ...syncWords(options), "-o", path, "--force"];
  const planAgain = nextWords(plan, options, options);
  const again = commandLine("phalanx", ...planAgain);
  const done = await runSync(context, loaded, target, {
    sources: options,
    // Decided below, from the plan.
    consent: { given: true, required: false, mass: massDeletion, allowsMass: true },
    question: "",
    isSync: true,
    partialOf: planAgain,
    adopt: given.adopt ?? false,
    replan: false,
    check: (plan, current) => {
      const problems = differences(document, { loaded, staticSecrets, plan, current });
      if (problems.length > 0) {
        throw new PhalanxError(diagnostic("plan-outdated", { file: path, again }), { problems });
      }
      const mass = options.allowMassChange ? undefined : massDeletion(plan, current);
      if (mass) {
        const details = { ...mass, command: undefined, kept: again };
        throw new PhalanxError(
          diagnostic("mass-change", details, { subject: { environment: loaded.environment.name } }),
        );
      }
      return Promise.resolve();
    },
  });
  return statusOf(done);
}

/** Keys that are removed in a new version: only whole secrets are destroyed. */
function keptByPurge({ applications }: Plan): SecretRef[] {
  return applications.flatMap(({ action, changes }) =>
    action === "update" ? changes.filter((change) => change.action === "delete") : [],
  );
}
