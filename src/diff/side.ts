import type { Problem } from "../errors.js";
import type { Declaration } from "../model/declaration.js";
import type { Environment } from "../model/environment.js";

/** One environment on one side of a comparison. */
export interface DiffSide {
  readonly environment: Environment;
  /** What is declared, whether or not it is required; undefined if no file declares it. */
  declaration(application: string, key: string): Declaration | undefined;
  /** `file:line:column` of a setting. */
  position(path: readonly string[]): string;
}

/** An environment on one side: there, broken, or undefined where there is none. */
export type SideReading = DiffSide | readonly Problem[] | undefined;

export function isBroken(reading: SideReading): reading is readonly Problem[] {
  return Array.isArray(reading);
}
