import { z } from "zod";

const staticSecret = z.strictObject({
  description: z.string().nullish(),
  warning: z.string().nullish(),
  value: z.string().nullish(),
});

/** The YAML file that holds an environment's static secrets, as it is written. */
export const WrittenStaticSecrets = z.strictObject({
  applications: z.record(z.string(), z.record(z.string(), staticSecret)).optional(),
  "oidc-clients": z
    .record(z.string(), z.strictObject({ id: z.string(), secret: z.string(), return_uri: z.string() }))
    .optional(),
  "pull-secret": z
    .strictObject({
      description: z.string().nullish(),
      registries: z.record(z.string(), z.strictObject({ username: z.string(), password: z.string() })).optional(),
    })
    .nullish(),
  "vault-write-token": z.string().nullish(),
});
export type WrittenStaticSecrets = z.infer<typeof WrittenStaticSecrets>;
