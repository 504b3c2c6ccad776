import { compareCodePoints } from "../model/code-points.js";
import type { Environment } from "../model/environment.js";
import { foldedScalar } from "./folded-scalar.js";
import { yamlText } from "./yaml.js";

const ENCODED_WARNING = "If you store this secret in a 1Password item, encode it with base64 first.";

export const PULL_SECRET_DESCRIPTION =
  "Pull secrets for Docker registries. Each key under registries is the name of a Docker registry that needs a pull" +
  " secret. The value should have two keys, username and password, that provide the HTTP Basic Auth credentials for" +
  " that registry.";

/** The columns of the original's files. */
const WIDTH = 70;

interface TemplateEntry {
  readonly description: string | null;
  readonly value: null;
  readonly warning?: string;
}

/** The file of static secrets that an environment needs, with every value still to be filled in. */
export function renderStaticTemplate(environment: Environment): string {
  const folded: string[] = [];
  // A number in quotes stands for a text until it is written, and no other text there looks like one.
  const fold = (text: string): string =>
    foldedScalar(text, 0, WIDTH) === undefined ? text : String(folded.push(text) - 1);
  // Not assigned one by one: an application may be called __proto__.
  const applications = [...environment.applications.values()].flatMap(({ name, secrets }) => {
    const entries = [...secrets.values()].flatMap((secret): [string, TemplateEntry][] => {
      if (secret.kind !== "static") return [];
      const { key, encoded } = secret;
      const description = secret.description === undefined ? null : fold(secret.description);
      return [[key, { description, value: null, ...(encoded ? { warning: fold(ENCODED_WARNING) } : {}) }]];
    });
    const sorted = Object.fromEntries(entries.sort(([a], [b]) => compareCodePoints(a, b)));
    return entries.length > 0 ? [[name, sorted] as const] : [];
  });
  const template = {
    applications: Object.fromEntries(applications),
    "oidc-clients": {},
    "pull-secret": { description: fold(PULL_SECRET_DESCRIPTION), registries: {} },
    "vault-write-token": null,
  };
  return yamlText(template, { lineWidth: WIDTH }).replaceAll(
    /^( +)(description|warning): '(\d+)'\n/gm,
    (_, indent: string, field: string, number: string) =>
      `${indent}${field}: ${foldedScalar(folded[Number(number)] ?? "", indent.length + 2, WIDTH)}`,
  );
}
