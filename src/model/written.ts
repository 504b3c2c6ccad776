import type { ApplicationPlan } from "./plan.js";

/** What a run has written to one application. */
export interface Written extends Pick<ApplicationPlan, "application" | "action" | "changes"> {
  readonly version: number;
}
