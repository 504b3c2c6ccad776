import * as z from "zod/mini";
import { isExtension, SIMPLE_GENERATORS, SOURCE_GENERATORS, type WrittenGenerator } from "./secret.js";

const condition = z.nullish(z.string()).check(
  z.meta({
    title: "Condition",
    description: "Configuration only applies if this Helm chart setting is set to a true value",
  }),
);

const copyRule = z
  .strictObject({
    application: z.string().check(
      z.meta({
        title: "Application",
        description: "Application from which the secret should be copied",
      }),
    ),
    key: z.string().check(z.meta({ title: "Key", description: "Secret key from which the secret should be copied" })),
    if: condition,
  })
  .check(z.meta({ id: "CopyRule", title: "Copy rules", description: "Where the value of the secret is copied from" }));

const generatorType = { title: "Secret type", description: "Type of secret" };

/** Marks a rule of one type as an extension if it is one: the original's schema would refuse a file that uses it. */
function ruleMeta(type: WrittenGenerator, id: string, title: string): z.core.GlobalMeta {
  return isExtension(type) ? { id, title: `${title} (extension)`, "x-phalanx-extension": true } : { id, title };
}

/** Of a rule with several types, which of them are extensions. */
function typesMeta(types: readonly WrittenGenerator[]): z.core.GlobalMeta {
  const extensions = types.filter(isExtension);
  if (extensions.length === 0) return generatorType;
  const description = `${generatorType.description} (extension: ${extensions.join(", ")})`;
  return { ...generatorType, description, "x-phalanx-extension": extensions };
}

const minimumOf = z.optional(z.int().check(z.minimum(0)).check(z.maximum(1024)));

const generateRule = z
  .discriminatedUnion("type", [
    z
      .strictObject({ type: z.enum(SIMPLE_GENERATORS).check(z.meta(typesMeta(SIMPLE_GENERATORS))), if: condition })
      .check(z.meta({ id: "SimpleGenerateRule", title: "Secret generated without another secret as its source" })),
    z
      .strictObject({
        type: z.enum(SOURCE_GENERATORS).check(z.meta(typesMeta(SOURCE_GENERATORS))),
        source: z.string().check(
          z.meta({
            title: "Source key",
            description: "Key of the same application from which this secret is made",
          }),
        ),
        if: condition,
      })
      .check(z.meta({ id: "SourceGenerateRule", title: "Secret generated from another one" })),
    z
      .strictObject({ type: z.literal("oidc-clients").check(z.meta(generatorType)), if: condition })
      .check(
        z.meta(ruleMeta("oidc-clients", "OidcClientsGenerateRule", "Configuration of the OpenID Connect clients")),
      ),
    z
      .strictObject({
        type: z.literal("random").check(z.meta(generatorType)),
        length: z
          .int()
          .check(z.minimum(1))
          .check(z.maximum(1024))
          .check(z.meta({ title: "Length", description: "Number of characters" })),
        charset: z.optional(z.string().check(z.minLength(2))).check(
          z.meta({
            title: "Characters",
            description: "The characters to choose from, each written once. Default: letters and digits",
          }),
        ),
        minimum: z
          .optional(z.strictObject({ lower: minimumOf, upper: minimumOf, digit: minimumOf, symbol: minimumOf }))
          .check(
            z.meta({
              title: "Minimum per class",
              description: "The minimum number of characters of each class",
            }),
          ),
        if: condition,
      })
      .check(z.meta(ruleMeta("random", "RandomGenerateRule", "Password that follows rules"))),
    z
      .strictObject({
        type: z.literal("template").check(z.meta(generatorType)),
        template: z.string().check(
          z.meta({
            title: "Template",
            description:
              "Text with the values of other secrets of the environment in it, as ${APP/KEY}, or ${KEY} for one of the same application; $$ is a dollar sign. ${APP/KEY|urlencode} is the value as a part of a URL, ${APP/KEY|base64} in base64",
          }),
        ),
        if: condition,
      })
      .check(z.meta(ruleMeta("template", "TemplateGenerateRule", "Text with other secrets in it"))),
  ])
  .check(z.meta({ id: "GenerateRule", title: "Generate rules", description: "How the secret is generated" }));

/** One entry of `secrets.yaml` as written, including conditions. */
export const WrittenSecret = z
  .strictObject({
    description: z.nullish(z.string()).check(
      z.meta({
        title: "Description",
        description: "What the secret is for, and whether it can be changed at any time",
      }),
    ),
    if: condition,
    copy: z.nullish(copyRule),
    generate: z.nullish(generateRule),
    onepassword: z
      .optional(
        z.strictObject({
          encoded: z.optional(z.boolean()).check(
            z.meta({
              title: "Is base64-encoded",
              description:
                "Whether the 1Password field holds the value in base64, which is necessary for a value with significant newlines",
            }),
          ),
        }),
      )
      .check(z.meta({ title: "1Password configuration", description: "How the secret is stored in 1Password" })),
    value: z
      .nullish(z.string())
      .check(z.meta({ title: "Value", description: "Fixed value of the secret; not for credentials" })),
  })
  .check(z.meta({ id: "Secret", title: "Secret", description: "Specification of one secret of an application" }));
export type WrittenSecret = z.infer<typeof WrittenSecret>;
