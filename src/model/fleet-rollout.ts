import * as z from "zod/mini";

/** Hours after which a look at a cluster says little about its current state. */
export const ROLLOUT_STALE_HOURS = 24;

const text = z.string();
const time = z.iso.datetime({ offset: true, local: false });
const count = z.int().check(z.minimum(0));

const waiting = z
  .strictObject({
    since: time.check(z.describe("When the value that has waited longest to be picked up changed in Vault")),
    exact: z.boolean().check(z.describe("False: Vault has held it at least since then, maybe for longer")),
  })
  .check(z.meta({ id: "Waiting", description: "The value that has waited longest to be picked up" }));
export type Waiting = z.infer<typeof waiting>;

const workload = z
  .strictObject({
    kind: text,
    namespace: text,
    name: text,
    holding: z.enum(["old", "in-doubt"]),
    detail: text.check(z.describe("Why, in words")),
  })
  .check(z.meta({ id: "Workload", description: "One that is not known to hold what Vault holds" }));
export type FleetWorkload = z.infer<typeof workload>;

const workloadCounts = z
  .strictObject({ current: count, inDoubt: count, old: count })
  .check(z.meta({ id: "WorkloadCounts", description: "Workloads, each once, by the worst that it holds" }));
export type WorkloadCounts = z.infer<typeof workloadCounts>;

const application = z
  .strictObject({
    name: text,
    workloads: workloadCounts,
    notCopied: z.array(text).check(z.describe("Secrets that do not hold what Vault holds, as NAMESPACE/NAME")),
    waiting: z.optional(waiting),
    behind: z.array(workload),
  })
  .check(z.meta({ id: "RolloutApplication" }));
export type RolloutApplication = z.infer<typeof application>;

/** The result of a look at an environment's cluster. */
export const FleetRollout = z
  .strictObject({
    checked: time.check(z.describe("When the cluster was checked, by its own clock")),
    stale: z
      .optional(z.literal(true))
      .check(z.describe(`Checked more than ${ROLLOUT_STALE_HOURS} hours before this report was made`)),
    settled: z.boolean().check(z.describe("Whether everything that was checked holds what Vault holds")),
    workloads: workloadCounts,
    waiting: z.optional(waiting),
    unread: count.check(z.describe("How many Secrets in the cluster could not be read, and so not compared")),
    applications: z.array(application),
  })
  .check(z.meta({ id: "Rollout", description: "From --rollout: who holds which values" }));
export type FleetRollout = z.infer<typeof FleetRollout>;

/** Whether a value has not been picked up, as far as known. */
export function isBehind({ workloads, notCopied }: Pick<RolloutApplication, "workloads" | "notCopied">): boolean {
  return workloads.old + workloads.inDoubt + notCopied.length > 0;
}
