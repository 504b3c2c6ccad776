import { commandLine } from "../model/shell.js";
import type { Undo } from "../model/undo.js";
import { lineOf } from "./diagnostic.js";
import { printable } from "./printable.js";

/** How a run is taken back: lines to be pasted, and what does not come back. */
export function renderUndo({ environment, run, gone, shared, unnoted, unsettled, reason }: Undo): string {
  const restore = (...words: readonly string[]): string =>
    printable(commandLine("phalanx", "secrets", "restore", environment, ...words));
  // Without it, a restore of only a part is refused.
  const partial = gone.length > 0 ? ["--partial"] : [];
  return [
    ...(reason === undefined ? [] : [`Warning: who wrote this could not be noted: ${printable(lineOf(reason))}`]),
    ...(run === undefined ? [] : [`To undo this: ${restore("--run", run, ...partial)}`]),
    ...(unsettled.length === 0
      ? []
      : [
          `Wait before you undo it: a standby of Vault does not show yet what was noted of ${unsettled.map(printable).join(", ")}.`,
        ]),
    ...gone.map((name) => `${printable(name)} cannot be taken back: Vault keeps no earlier version of it.`),
    ...shared.map(
      ({ application, run: other }) =>
        `${printable(application)} was written by run ${printable(other)} at the same moment, with the same values: to take that back, take back that run.`,
    ),
    ...unnoted.map(({ application, version }) =>
      version === undefined
        ? `Of ${printable(application)}, which was not noted, there was nothing before that could come back.`
        : `To undo what was not noted: ${restore("--kv-version", `${version}`, application)}`,
    ),
  ]
    .map((line) => `${line}\n`)
    .join("");
}
