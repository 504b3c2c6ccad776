import type { ConfigOption } from "../load.js";

/** The options that audit and sync share. */
export interface TargetOptions extends ConfigOption {
  readonly exclude: readonly string[];
  readonly secrets?: string;
  readonly assumeEmpty?: boolean;
}
