import { error } from "../diagnostic.js";
import type { TypedCommand } from "./operations.js";
import type { BlockedApplication, UnresolvedReason } from "../plan.js";

/** What there is to say of secrets and plans. */
export const SECRETS = {
  "application-blocked": error<BlockedApplication, "environment">(),
  /** `command`: what was typed, where `--partial` would help. */
  "plan-blocked": error<{ readonly applications: readonly string[] } & TypedCommand, "environment">(),
  "plan-unresolved": error<{ readonly secrets: readonly string[] } & TypedCommand, "environment">(),
  "secret-unresolved": error<UnresolvedReason, "environment" | "application" | "key">(),
} as const;
