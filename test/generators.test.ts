import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { isExtension, type WrittenGenerator } from "../src/model/secret.js";
import { renderSecretsSchema } from "../src/render/schema.js";
import { ROOT } from "./support/cli.js";

/** What the original program generates; every other generator is ours alone. */
const IN_THE_ORIGINAL: Record<WrittenGenerator, boolean> = {
  password: true,
  "gafaelfawr-token": true,
  "fernet-key": true,
  "rsa-private-key": true,
  "bcrypt-password-hash": true,
  mtime: true,
  "oidc-clients": true,
  random: false,
  template: false,
};
const GENERATORS = Object.keys(IN_THE_ORIGINAL) as WrittenGenerator[];
const EXTENSIONS = GENERATORS.filter((type) => !IN_THE_ORIGINAL[type]);

interface RuleSchema {
  readonly "x-phalanx-extension"?: true;
  readonly properties: {
    readonly type: {
      readonly const?: string;
      readonly enum?: readonly string[];
      readonly "x-phalanx-extension"?: readonly string[];
    };
  };
}

/** The generators in a text: their names in backticks, or behind `type:`. */
const namedIn = (text: string): string[] =>
  GENERATORS.filter((type) => text.includes(`\`${type}\``) || new RegExp(`type: ${type}\\b`).test(text));

/** The part of a page from a text to the end of its block or row. */
async function part(path: string, begin: RegExp): Promise<string> {
  const page = await readFile(`${ROOT}${path}`, "utf8");
  const found = new RegExp(`${begin.source}(?:(?!\\n- |\\n\\n)[\\s\\S])*`).exec(page);
  if (found === null) throw new Error(`${path} has nothing like ${begin.source}`);
  return found[0];
}

test("an extension is what the original program does not generate", () => {
  expect(GENERATORS.filter(isExtension)).toEqual(EXTENSIONS);
});

test("the schema of secrets.yaml has every generator, and marks the extensions", () => {
  const { $defs } = JSON.parse(renderSecretsSchema()) as { $defs: Record<string, unknown> };
  const { oneOf } = $defs["GenerateRule"] as { oneOf: readonly { $ref: string }[] };
  const rules = oneOf.map(({ $ref }) => $defs[$ref.split("/").at(-1) ?? ""] as RuleSchema);
  const marked = rules.flatMap(({ properties: { type }, ...rule }) =>
    [type.enum ?? type.const ?? []]
      .flat()
      .map((name) => [name, rule["x-phalanx-extension"] ?? type["x-phalanx-extension"]?.includes(name) ?? false]),
  );
  expect(Object.fromEntries(marked)).toEqual(
    Object.fromEntries(GENERATORS.map((type) => [type, !IN_THE_ORIGINAL[type]])),
  );
});

describe("a list of what the original does not generate names all of it", () => {
  test.each([
    ["docs/reference/differences.md", /- Generators: /],
    ["docs/how-to/move-from-the-original.md", /- the generators /],
  ])("%s", async (path, begin) => {
    expect(namedIn(await part(path, begin)).sort()).toEqual(EXTENSIONS.toSorted());
  });

  test("docs/how-to/secrets-yaml.md, which has a row for every generator", async () => {
    const page = await readFile(`${ROOT}docs/how-to/secrets-yaml.md`, "utf8");
    const rows = page.split("\n").filter((line) => line.startsWith("| "));
    const [ours, others] = [true, false].map((isOurs) =>
      rows.filter((row) => row.includes("(not in the original)") === isOurs),
    ) as [string[], string[]];
    expect(namedIn(ours.join("\n"))).toEqual(EXTENSIONS);
    expect(namedIn(others.join("\n"))).toEqual(GENERATORS.filter((type) => IN_THE_ORIGINAL[type]));
  });
});
