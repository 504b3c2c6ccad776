import { error } from "../diagnostic.js";
import type { BlockedApplication, UnresolvedReason } from "../plan.js";

/** What there is to say of secrets and plans. */
export const SECRETS = {
  "application-blocked": error<BlockedApplication, "environment">(),
  "plan-blocked": error<{ readonly applications: readonly string[] }>(),
  "plan-unresolved": error<{ readonly secrets: readonly string[] }>(),
  "secret-unresolved": error<UnresolvedReason, "environment" | "application" | "key">(),
} as const;
