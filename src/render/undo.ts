import { refId } from "../model/secret.js";
import { commandLine } from "../model/shell.js";
import type { Undo } from "../model/undo.js";
import { lineOf } from "./diagnostic.js";
import { diagnosticJson } from "./diagnostic-json.js";
import { printable } from "./printable.js";
import { replacedText } from "./reason.js";

function undoCommand({ environment, run, gone }: Undo, options: readonly string[]): string | undefined {
  // Without --partial, an incomplete restore is refused.
  const partial = gone.length > 0 ? ["--partial"] : [];
  return run === undefined ? undefined : restoreCommand(environment, "--run", run, ...partial, ...options);
}

function restoreCommand(environment: string, ...words: readonly string[]): string {
  return printable(commandLine("phalanx", "secrets", "restore", environment, ...words));
}

/** How to undo a run, for programs: commands, and what cannot be restored. */
export function undoResult(undo: Undo, options: readonly string[]): object {
  const { environment, earlier = [], gone, shared, unnoted, unsettled, reason } = undo;
  return {
    command: undoCommand(undo, options) ?? null,
    ...(earlier.length > 0 && { earlier: earlier.map((run) => restoreCommand(environment, "--run", run, ...options)) }),
    gone,
    shared,
    unnoted: unnoted.map(({ application, version }) => ({
      application,
      command:
        version === undefined
          ? null
          : restoreCommand(environment, "--kv-version", `${version}`, application, ...options),
    })),
    unsettled,
    ...(reason && { reason: diagnosticJson(reason) }),
  };
}

/**
 * How to undo a run: lines to paste, and what cannot be restored.
 *
 * @param options The run's own options for finding the environment and its Vault.
 */
export function renderUndo(undo: Undo, options: readonly string[]): string {
  const { environment, regenerated = [], earlier = [], gone, shared, unnoted, unsettled, reason } = undo;
  const command = undoCommand(undo, options);
  return [
    ...(reason === undefined ? [] : [`Warning: who wrote this could not be noted: ${printable(lineOf(reason))}`]),
    ...(command === undefined ? [] : [`To undo this: ${command}`]),
    ...regenerated.map(
      (ref) =>
        `This undo makes ${printable(refId(ref))} missing again. ${printable(replacedText(ref, ref, environment))}`,
    ),
    ...earlier.map(
      (run) =>
        `To undo the interrupted run that this one continued, too: ${restoreCommand(environment, "--run", run, ...options)}`,
    ),
    ...(unsettled.length === 0
      ? []
      : [
          `Wait before you undo it: a standby of Vault does not yet show the note of this run for ${unsettled.map(printable).join(", ")}.`,
        ]),
    ...gone.map(
      (name) => `The change to ${printable(name)} cannot be undone: Vault no longer has the version before it.`,
    ),
    ...shared.map(
      ({ application, run: other }) =>
        `Run ${printable(other)} wrote ${printable(application)} at the same moment, with the same values. To undo that write, undo run ${printable(other)}.`,
    ),
    ...unnoted.map(({ application, version }) =>
      version === undefined
        ? `The write to ${printable(application)} was not recorded, and there is no earlier version of it to restore.`
        : `To undo the write to ${printable(application)}, which was not recorded: ${restoreCommand(environment, "--kv-version", `${version}`, application, ...options)}`,
    ),
  ]
    .map((line) => `${line}\n`)
    .join("");
}
