import type { Use } from "../model/consumer.js";
import { at } from "./hostile.js";

/** Whether a reference allows its Secret, or the key in it, to be missing. */
export function optionalOf(reference: unknown): Pick<Use, "optional"> {
  return at(reference, "optional") === true ? { optional: true } : {};
}
