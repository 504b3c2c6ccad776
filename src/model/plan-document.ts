import { STATIC_ORIGINS } from "./static-origin.js";
import * as z from "zod/mini";

export const PLAN_FORMAT = "phalanx-plan";
export const PLAN_VERSION = 2;
/** Without `allowMassDelete`, which then counts as false. */
const FIRST_VERSION = 1;
export const PLAN_VERSIONS: readonly unknown[] = [FIRST_VERSION, PLAN_VERSION];

const text = z.string();

/** A plan as a file: everything to check before applying it later, but no value. */
export const PlanDocument = z.strictObject({
  format: z.literal(PLAN_FORMAT),
  version: z.literal([FIRST_VERSION, PLAN_VERSION]),
  environment: text,
  /** When, in RFC 3339, and by whom. */
  created: text,
  by: text,
  tool: text,
  /** Commit of the configuration, `+` for a checkout with changes; empty if unknown. */
  commit: text,
  /** SHA-256 of the files that the environment was read from. */
  configuration: text,
  vault: z.strictObject({ url: text, prefix: text }),
  staticSource: z.enum([...STATIC_ORIGINS, "none"]),
  /** The files of static secrets as named by the user; without unnamed ones such as standard input. */
  staticFiles: z.optional(z.array(text)),
  /** The version of each 1Password item used for the plan. */
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
    /** Whether it contains only what can be written, because something else cannot. */
    partial: z.optional(z.boolean()),
    /** Whether its author allowed it to delete more than five keys, and more than a fifth of all. */
    allowMassDelete: z.optional(z.boolean()),
  }),
  /** Every application read: its latest version, and when that was written. */
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
  /** What cannot be undone after applying it; absent in files from version 0.1. */
  undo: z.optional(z.array(z.looseObject({ kind: text, application: text }))),
  /** SHA-256 of everything else: an edited file is refused. */
  checksum: text,
});
export type PlanDocument = z.infer<typeof PlanDocument>;
