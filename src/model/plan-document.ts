import { STATIC_ORIGINS } from "./static-origin.js";
import * as z from "zod/mini";

export const PLAN_FORMAT = "phalanx-plan";
export const PLAN_VERSION = 2;
/** Without `allowMassDelete`, which then counts as false. */
const FIRST_VERSION = 1;
export const PLAN_VERSIONS: readonly unknown[] = [FIRST_VERSION, PLAN_VERSION];

const text = z.string();

/** A plan as a file: everything that applying it later has to check, and no value. */
export const PlanDocument = z.strictObject({
  format: z.literal(PLAN_FORMAT),
  version: z.literal([FIRST_VERSION, PLAN_VERSION]),
  environment: text,
  /** When, RFC 3339, and by whom. */
  created: text,
  by: text,
  tool: text,
  /** Commit of the configuration, `+` for a checkout with changes; empty if unknown. */
  commit: text,
  /** SHA-256 over the files that the environment was made from. */
  configuration: text,
  vault: z.strictObject({ url: text, prefix: text }),
  staticSource: z.enum([...STATIC_ORIGINS, "none"]),
  /** The files that they came from, as they were named; without those that have no name, such as standard input. */
  staticFiles: z.optional(z.array(text)),
  /** The version of each 1Password item that the plan was made from. */
  items: z.optional(z.array(z.strictObject({ title: text, version: z.int() }))),
  options: z.strictObject({
    delete: z.boolean(),
    deleteClass: z.optional(text),
    includeUnsourced: z.boolean(),
    keep: z.array(text),
    regenerate: z.boolean(),
    exclude: z.array(text),
    generateAnew: z.array(text),
    assumeEmpty: z.boolean(),
    /** The applications and secrets that the plan is limited to. */
    only: z.optional(z.array(text)),
    /** Whether it is of what can be written, although something else cannot be. */
    partial: z.optional(z.boolean()),
    /** Whether whoever made the plan allowed it to delete more than a fifth of all keys. */
    allowMassDelete: z.optional(z.boolean()),
  }),
  /** Every application that was read: its latest version, and when that was written. */
  read: z.record(text, z.strictObject({ kind: text, version: z.int(), createdTime: text })),
  applications: z.array(
    z.looseObject({
      application: text,
      action: text,
      changes: z.array(z.looseObject({ application: text, key: text })),
    }),
  ),
  unknown: z.array(z.looseObject({ application: text, key: text })),
  unresolved: z.array(z.looseObject({ application: text, key: text })),
  blocked: z.array(z.looseObject({ application: text })),
  impact: z.looseObject({ restart: z.array(text) }),
  /** What applying it cannot bring back; absent in files of 0.1. */
  undo: z.optional(z.array(z.looseObject({ kind: text, application: text }))),
  /** SHA-256 over everything else: a file that was edited is refused. */
  checksum: text,
});
export type PlanDocument = z.infer<typeof PlanDocument>;
