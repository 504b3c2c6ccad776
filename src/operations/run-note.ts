import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { NOTE_LIMITS, noteFault } from "../model/run-note.js";

/**
 * A text that is to be noted of a run.
 *
 * @param from Where it comes from, as its author knows it.
 * @throws PhalanxError if it is too long for Vault's metadata, or more than a line.
 */
export function noteText(from: string, text: string, kind: keyof typeof NOTE_LIMITS): string {
  const most = NOTE_LIMITS[kind];
  const fault = noteFault(text, most);
  if (fault === undefined) return text;
  throw new PhalanxError(diagnostic("note-text-refused", { from, fault, most }));
}

/** A login name as it is noted; empty where the system knows none that can be. */
export function loginText(login: string | undefined): string {
  return login === undefined || noteFault(login, NOTE_LIMITS.by) !== undefined ? "" : login;
}
