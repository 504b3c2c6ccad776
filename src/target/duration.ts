import { invalidValue } from "./invalid-value.js";
import { secondsOf } from "../model/duration.js";

/** Seconds of a duration in Vault's format. */
export function durationSeconds(option: string, text: string): number {
  const seconds = secondsOf(text);
  if (seconds !== undefined) return seconds;
  throw invalidValue(option, text, "duration");
}
