import * as z from "zod";
import { SIMPLE_GENERATORS, SOURCE_GENERATORS } from "./secret.js";

const condition = z.string().nullish().meta({
  title: "Condition",
  description: "Configuration only applies if this Helm chart setting is set to a true value",
});

const copyRule = z
  .strictObject({
    application: z.string().meta({
      title: "Application",
      description: "Application from which the secret should be copied",
    }),
    key: z.string().meta({ title: "Key", description: "Secret key from which the secret should be copied" }),
    if: condition,
  })
  .meta({ id: "CopyRule", title: "Copy rules", description: "Where the value of the secret is copied from" });

const generatorType = { title: "Secret type", description: "Type of secret" };

/** What the original program does not know; its own schema would refuse a file that uses it. */
const extension = { "x-phalanx-extension": true };

const minimumOf = z.int().min(0).max(1024).optional();

const generateRule = z
  .discriminatedUnion("type", [
    z
      .strictObject({ type: z.enum(SIMPLE_GENERATORS).meta(generatorType), if: condition })
      .meta({ id: "SimpleGenerateRule", title: "Secret generated from nothing else" }),
    z
      .strictObject({
        type: z.enum(SOURCE_GENERATORS).meta(generatorType),
        source: z.string().meta({
          title: "Source key",
          description: "Key of the same application from which this secret is made",
        }),
        if: condition,
      })
      .meta({ id: "SourceGenerateRule", title: "Secret generated from another one" }),
    z
      .strictObject({ type: z.literal("oidc-clients").meta(generatorType), if: condition })
      .meta({ id: "OidcClientsGenerateRule", title: "Configuration of the OpenID Connect clients" }),
    z
      .strictObject({
        type: z.literal("random").meta(generatorType),
        length: z.int().min(1).max(1024).meta({ title: "Length", description: "Number of characters" }),
        charset: z.string().min(2).optional().meta({
          title: "Characters",
          description: "The characters to choose from, each written once. Default: letters and digits",
        }),
        minimum: z
          .strictObject({ lower: minimumOf, upper: minimumOf, digit: minimumOf, symbol: minimumOf })
          .optional()
          .meta({ title: "Minimum per class", description: "How many characters of a class there must be at least" }),
        if: condition,
      })
      .meta({ id: "RandomGenerateRule", title: "Password after rules (extension)", ...extension }),
    z
      .strictObject({
        type: z.literal("template").meta(generatorType),
        template: z.string().meta({
          title: "Template",
          description:
            "Text with the values of other secrets of the environment in it, as ${APP/KEY}, or ${KEY} for one of the same application; $$ is a dollar sign",
        }),
        if: condition,
      })
      .meta({ id: "TemplateGenerateRule", title: "Text with other secrets in it (extension)", ...extension }),
  ])
  .meta({ id: "GenerateRule", title: "Generate rules", description: "How the secret is generated" });

/** One entry of `secrets.yaml` as it is written, conditions included. */
export const WrittenSecret = z
  .strictObject({
    description: z.string().nullish().meta({
      title: "Description",
      description: "What the secret is for, and whether it can be changed at any time",
    }),
    if: condition,
    copy: copyRule.nullish(),
    generate: generateRule.nullish(),
    onepassword: z
      .strictObject({
        encoded: z.boolean().optional().meta({
          title: "Is base64-encoded",
          description:
            "Whether the 1Password field holds the value in base64, as values with significant newlines must",
        }),
      })
      .optional()
      .meta({ title: "1Password configuration", description: "How the secret is stored in 1Password" }),
    value: z.string().nullish().meta({ title: "Value", description: "Fixed value of the secret; not for credentials" }),
  })
  .meta({ id: "Secret", title: "Secret", description: "Specification of one secret of an application" });
export type WrittenSecret = z.infer<typeof WrittenSecret>;
