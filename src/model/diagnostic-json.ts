import * as z from "zod/mini";

const text = z.string();
const position = z.int().check(z.minimum(1));

/** A diagnostic in files and with --json: its data, and its text at the time of writing. */
export const DiagnosticJson = z
  .strictObject({
    severity: z.enum(["error", "warning", "note"]),
    code: text.check(z.meta({ description: "Stable: what programs look at" })),
    subject: z.optional(
      z.strictObject({ environment: z.optional(text), application: z.optional(text), key: z.optional(text) }),
    ),
    place: z.optional(z.strictObject({ file: text, line: z.optional(position), column: z.optional(position) })),
    details: z
      .record(z.string(), z.unknown())
      .check(z.meta({ description: "By code: names, versions, times, counts" })),
    summary: text.check(z.meta({ description: "What happened, on one line, without the place" })),
    hint: z.optional(text).check(z.meta({ description: "What to do about it" })),
  })
  .check(z.meta({ id: "Diagnostic" }));
export type DiagnosticJson = z.infer<typeof DiagnosticJson>;
