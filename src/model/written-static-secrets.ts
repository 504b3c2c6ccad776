import * as z from "zod/mini";

// Only the leaves of a static secrets file. The mappings in between are read by hand, since a zod record drops a
// name like `__proto__` and loses the order of names that look like integers.

/** One secret of an application as written. */
export const WrittenStaticSecret = z.strictObject({
  description: z.nullish(z.string()),
  warning: z.nullish(z.string()),
  value: z.nullish(z.string()),
});
export type WrittenStaticSecret = z.infer<typeof WrittenStaticSecret>;

/** One OpenID Connect client as written. */
export const WrittenOidcClient = z.strictObject({ id: z.string(), secret: z.string(), return_uri: z.string() });

/** The credentials for one registry as written. */
export const WrittenRegistry = z.strictObject({ username: z.string(), password: z.string() });

/** The pull secret without its registries. */
export const WrittenPullSecret = z.nullable(
  z.strictObject({ description: z.nullish(z.string()), registries: z.optional(z.unknown()) }),
);

/** An optional text. */
export const OptionalText = z.nullish(z.string());
