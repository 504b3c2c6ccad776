import { groupBy } from "../model/group.js";
import type { Target } from "../model/target.js";
import { ExitCode, PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { KeptOptions } from "../model/diagnostics/runs.js";
import type { CurrentState } from "../model/current-state.js";
import type { Environment } from "../model/environment.js";
import type { ApplicationPlan, Plan } from "../model/plan.js";
import { decodeProvenance } from "../model/provenance.js";
import { type SecretRef, splitName } from "../model/secret.js";
import { type Context, notify } from "../terminal/context.js";
import { closure } from "../secrets/dependents.js";
import { heldAfter } from "../secrets/impact.js";
import type { Loaded } from "../target/load.js";
import { toRef } from "../target/selection.js";
import {
  dropPending,
  earlierRuns,
  keepPending,
  keepResumed,
  pendingAlready,
  type PendingRun,
  readPending,
  stillPending,
} from "./pending-run.js";
import { printable } from "../render/printable.js";
import { placeOf, refuseElsewhere, refuseUnproven } from "./pending-place.js";
import { type ApplyOptions, runSync } from "./run-sync.js";

export interface RegenerationOptions extends ApplyOptions {
  readonly command: PendingRun["command"];
  /** The command that continues it after an interruption. */
  readonly again: string;
  readonly resume?: boolean;
  /** What a refusal's hints need from this command line. */
  readonly kept: KeptOptions;
}

/**
 * Gives secrets new values so that an interruption loses nothing: the intent is kept in a private file before the first
 * write, and `--resume` continues from there instead of generating some of the values a second time.
 */
export async function runRegeneration(
  context: Context,
  loaded: Loaded,
  target: Target,
  { command, resume, kept, ...options }: RegenerationOptions,
): ReturnType<typeof runSync> {
  const name = loaded.environment.name;
  const pending = await readPending(context, name);
  if (resume && pending?.command !== command) {
    throw new PhalanxError(diagnostic("pending-run-missing", { command }, { subject: { environment: name } }));
  }
  const vault = placeOf(context, loaded.environment.vault);
  if (pending) refuseElsewhere(context, pending, vault);
  if (!resume && pending) throw pendingAlready(pending, kept);
  const goingOn = resume ? pending : undefined;
  const earlierChanges = goingOn === undefined ? [] : changesOfPending(goingOn, loaded.environment);
  let isPart = false;
  let chosen: ((ref: SecretRef) => boolean) | undefined;
  const regenerate = (ref: SecretRef, current: CurrentState): boolean => {
    if (goingOn === undefined) return target.regenerate(ref, current);
    if (chosen === undefined) {
      refuseUnproven(context, goingOn, current);
      isPart = warnOfStrangers(context, goingOn, current);
      chosen = stillPending(goingOn, current);
    }
    return chosen(ref);
  };
  let started = false;
  let earlier: readonly string[] = [];
  const beforeWriting: NonNullable<ApplyOptions["beforeWriting"]> = async (plan, current, run) => {
    if (goingOn === undefined)
      await keepPending(
        context,
        { environment: name, vault, command, run: (await run()).id },
        { plan, held: heldAfter(written(plan), loaded.environment) },
        current,
        kept,
      );
    else {
      earlier = earlierRuns(goingOn, current);
      await keepResumed(context, goingOn, (await run()).id);
    }
    started = true;
  };
  try {
    const done = await runSync(
      context,
      loaded,
      { ...target, regenerate },
      {
        ...options,
        beforeWriting,
        earlier: () => earlier,
        earlierChanges: () => earlierChanges,
        resumable: true,
        leaves: () => isPart,
      },
    );
    if (started || goingOn) await dropPending(context, name);
    return done;
  } catch (error) {
    const nothingWritten = error instanceof PhalanxError && error.exitCode === ExitCode.usage;
    if (started && nothingWritten && !goingOn) await dropPending(context, name);
    else if (started) context.stderr.write(`To continue: ${printable(options.again)}\n`);
    throw error;
  }
}

/** Without what cannot be written. */
function written({ applications, blocked }: Plan): ApplicationPlan[] {
  const left = new Set(blocked.map(({ application }) => application));
  return applications.filter(({ application }) => !left.has(application));
}

/** What the whole of it changes: the interrupted run says nothing about restarts, so the one that continues it does. */
function changesOfPending({ held, keys }: PendingRun, environment: Environment): SecretRef[] {
  return [...(held ?? closure(environment, keys.map(toRef)))].map(toRef);
}

/**
 * A changed application was written by the interrupted run or by someone else; the notes tell which.
 *
 * @returns Whether something is left alone that may still have its old value.
 */
function warnOfStrangers(context: Context, pending: PendingRun, current: CurrentState): boolean {
  const { environment, keys } = pending;
  const strange = [...groupBy(keys, (key) => splitName(key)[0])].filter(([application]) => {
    const [planned, state] = [pending.planned[application] ?? 0, current.get(application)];
    if ((state?.version ?? 0) === planned) return false;
    return decodeProvenance(state?.customMetadata ?? {}).writers.get(planned + 1)?.run !== pending.run;
  });
  for (const [application, secrets] of strange)
    notify(context, diagnostic("pending-secrets-changed", { secrets }, { subject: { environment, application } }));
  return strange.length > 0;
}
