import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { NOTE_LIMITS, noteFault } from "../model/run-note.js";

/**
 * A text to note about a run.
 *
 * @param from Where it comes from, as its author knows it.
 * @throws PhalanxError if it is too long for Vault's metadata, or has more than one line.
 */
export function noteText(from: string, text: string, kind: keyof typeof NOTE_LIMITS): string {
  const most = NOTE_LIMITS[kind];
  const fault = noteFault(text, most);
  if (fault === undefined) return text;
  throw new PhalanxError(diagnostic("note-text-refused", { from, fault, most }));
}

/** A login name in its noted form; empty if the system has none that can be noted. */
export function loginText(login: string | undefined): string {
  return login === undefined || noteFault(login, NOTE_LIMITS.by) !== undefined ? "" : login;
}
