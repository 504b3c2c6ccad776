import { lstat } from "node:fs/promises";
import { PhalanxError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { CurrentState } from "../model/current-state.js";
import type { Environment } from "../model/environment.js";
import type { ConfigOption, SourceOptions } from "../target/load.js";
import type { Context } from "../terminal/context.js";
import { statePath } from "../terminal/state-directory.js";
import { accessWords, undoSourceWords } from "./next-command.js";

export function pendingPath(context: Context, environment: string): string {
  return statePath(context, `${environment}.pending.json`);
}

/** Warns that a rotation of this environment has stopped halfway: anyone who takes over must not restart anything. */
export async function interruptedNotes(
  context: Context,
  { name, vault }: Environment,
  current: CurrentState,
  options: ConfigOption & SourceOptions,
): Promise<AnyDiagnostic[]> {
  const isThere = await lstat(pendingPath(context, name)).then(
    () => true,
    () => false,
  );
  // Nearly always: so nothing else is loaded.
  if (!isThere) return [];
  const [{ pendingDetails, readPending }, { isElsewhere, isUnproven, placeOf }] = await Promise.all([
    import("./pending-run.js"),
    import("./pending-place.js"),
  ]);
  const about = { subject: { environment: name } };
  try {
    const pending = await readPending(context, name);
    if (pending === undefined || isElsewhere(pending, placeOf(context, vault)) || isUnproven(pending, current))
      return [];
    const kept = { mass: [], access: accessWords(options), sources: undoSourceWords(options) };
    return [diagnostic("run-interrupted", pendingDetails(pending, kept), about)];
  } catch (error) {
    // What only looks must not fail because of it.
    if (!(error instanceof PhalanxError)) throw error;
    return [diagnostic("run-interrupted-unknown", { cause: error.diagnostic }, about)];
  }
}
