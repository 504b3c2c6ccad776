import type { RunNote } from "../model/run-note.js";

/** `rotate by ada: leaked`, as far as it is known. */
export function toldText({ command, by, reason }: RunNote): string {
  const who = `${command}${by === "" ? "" : ` by ${by}`}`.trim();
  return reason === "" ? who : `${who}${who === "" ? "" : ": "}${reason}`;
}
