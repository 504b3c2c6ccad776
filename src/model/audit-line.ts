import * as z from "zod/mini";

const text = z.string();
const texts = z.array(text);
const count = z.int().check(z.minimum(0));

/** Changes by application, with the names of their keys but without values. */
const Changes = z.strictObject({
  create: count.check(z.describe("How many keys")),
  update: count,
  delete: count,
  applications: z.array(
    z.strictObject({
      application: text,
      action: text.check(z.describe("As in a plan: create, update, delete, undelete, ...")),
      create: texts,
      update: texts,
      delete: texts,
      version: z.optional(count.check(z.describe("Its version in Vault; only of what was written"))),
    }),
  ),
});

export const AUDIT_FORMAT = "phalanx-audit-log";

/** The start of a log's first line. */
export const AUDIT_HEAD = `{"format":"${AUDIT_FORMAT}",`;

/** One run in the audit log: a line of JSON. */
export const AuditLine = z.strictObject({
  format: z.literal(AUDIT_FORMAT),
  version: z.literal(1),
  time: text.check(z.describe("When the run began, RFC 3339")),
  by: text.check(z.describe("As in the history; empty if it is not known")),
  reason: text.check(z.describe("What --reason said; empty if nothing")),
  command: text.check(z.describe("As in secrets rotate")),
  environment: text,
  names: texts.check(
    z.describe("What else was named; empty for secrets set, where one may be a value given by mistake"),
  ),
  vault: z.nullable(z.strictObject({ url: text, prefix: text })).check(z.describe("Null if there was no plan")),
  options: z
    .record(text, z.union([text, z.boolean(), texts]))
    .check(z.describe("Those that were given, except --by, --reason, --vault-address and --audit-log")),
  tool: text.check(z.describe("Version of phalanx")),
  plan: z.nullable(Changes).check(z.describe("What was to change when the run began; null if there was no plan")),
  outcome: z.strictObject({
    exitStatus: z.int().check(z.describe("2: nothing was written")),
    run: z.nullable(text).check(z.describe("For secrets restore --run; null if nothing is noted")),
    written: Changes,
    error: z.nullable(
      z.strictObject({
        code: text.check(z.describe("Of a diagnostic")),
        message: text,
      }),
    ),
  }),
});
export type AuditLine = z.infer<typeof AuditLine>;
