import { error } from "../diagnostic.js";
import type { TypedCommand } from "./operations.js";
import type { BlockedApplication, UnresolvedReason } from "../plan.js";

/** `command`: as typed, if `--partial` would write anything; `isWhole`: whether it names no secrets. */
export interface PartialCommand extends TypedCommand {
  readonly isWhole: boolean;
}

/** Diagnostics about secrets and plans. */
export const SECRETS = {
  "application-blocked": error<BlockedApplication, "environment">(),
  "plan-blocked": error<{ readonly applications: readonly string[] } & PartialCommand, "environment">(),
  "plan-unresolved": error<{ readonly secrets: readonly string[] } & PartialCommand, "environment">(),
  "secret-unresolved": error<UnresolvedReason, "environment" | "application" | "key">(),
} as const;
