import { UNITS } from "../model/duration.js";
import { count } from "./count.js";

/** A duration in the largest unit that divides it evenly. */
export function durationText(seconds: number): string {
  const [unit, size] = Object.entries(UNITS).find(([, length]) => seconds % length === 0) ?? ["second", 1];
  return count(seconds / size, unit);
}
