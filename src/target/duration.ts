import { PhalanxError } from "../errors.js";
import { secondsOf } from "../model/duration.js";

/** Seconds of a duration as Vault writes it. */
export function durationSeconds(option: string, text: string): number {
  const seconds = secondsOf(text);
  if (seconds !== undefined) return seconds;
  throw new PhalanxError(`${option} ${text} is no duration`, { hint: "Write it as in 3650d, 12h or 30m." });
}
