import { error } from "../diagnostic.js";
import type { TypedCommand } from "./operations.js";
import type { BlockedApplication, UnresolvedReason } from "../plan.js";

/** Diagnostics about secrets and plans. */
export const SECRETS = {
  "application-blocked": error<BlockedApplication, "environment">(),
  /** `command`: as typed, if `--partial` would help. */
  "plan-blocked": error<{ readonly applications: readonly string[] } & TypedCommand, "environment">(),
  "plan-unresolved": error<{ readonly secrets: readonly string[] } & TypedCommand, "environment">(),
  "secret-unresolved": error<UnresolvedReason, "environment" | "application" | "key">(),
} as const;
