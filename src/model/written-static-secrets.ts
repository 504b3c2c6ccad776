import * as z from "zod/mini";

// Only what stands at the ends of the file of static secrets. The mappings in between are read by hand, since a record
// of zod drops a name like `__proto__` and loses the order of names that look like integers.

/** One secret of an application as it is written. */
export const WrittenStaticSecret = z.strictObject({
  description: z.nullish(z.string()),
  warning: z.nullish(z.string()),
  value: z.nullish(z.string()),
});
export type WrittenStaticSecret = z.infer<typeof WrittenStaticSecret>;

/** One OpenID Connect client as it is written. */
export const WrittenOidcClient = z.strictObject({ id: z.string(), secret: z.string(), return_uri: z.string() });

/** The credentials for one registry as they are written. */
export const WrittenRegistry = z.strictObject({ username: z.string(), password: z.string() });

/** The pull secret without its registries. */
export const WrittenPullSecret = z.nullable(
  z.strictObject({ description: z.nullish(z.string()), registries: z.optional(z.unknown()) }),
);

/** A text that may be left out. */
export const OptionalText = z.nullish(z.string());
