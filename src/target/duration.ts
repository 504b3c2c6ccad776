import { invalidValue } from "./invalid-value.js";
import { secondsOf } from "../model/duration.js";

/** Seconds of a duration as Vault writes it. */
export function durationSeconds(option: string, text: string): number {
  const seconds = secondsOf(text);
  if (seconds !== undefined) return seconds;
  throw invalidValue(option, text, "duration");
}
