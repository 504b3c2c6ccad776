import { compareCodePoints } from "../model/code-points.js";
import type { Environment } from "../model/environment.js";
import { yamlText } from "./yaml.js";

const ENCODED_WARNING = "If you store this secret in a 1Password item, encode it with base64 first.";

export const PULL_SECRET_DESCRIPTION =
  "Pull secrets for Docker registries. Each key under registries is the name of a Docker registry that needs a pull" +
  " secret. The value should have two keys, username and password, that provide the HTTP Basic Auth credentials for" +
  " that registry.";

interface TemplateEntry {
  readonly description: string | null;
  readonly value: null;
  readonly warning?: string;
}

/** The file of static secrets that an environment needs, with every value still to be filled in. */
export function renderStaticTemplate(environment: Environment): string {
  // Not assigned one by one: an application may be called __proto__.
  const applications = [...environment.applications.values()].flatMap(({ name, secrets }) => {
    const entries = [...secrets.values()].flatMap((secret): [string, TemplateEntry][] => {
      if (secret.kind !== "static") return [];
      const { key, encoded, description = null } = secret;
      return [[key, { description, value: null, ...(encoded ? { warning: ENCODED_WARNING } : {}) }]];
    });
    const sorted = Object.fromEntries(entries.sort(([a], [b]) => compareCodePoints(a, b)));
    return entries.length > 0 ? [[name, sorted] as const] : [];
  });
  const template = {
    applications: Object.fromEntries(applications),
    "oidc-clients": {},
    "pull-secret": { description: PULL_SECRET_DESCRIPTION, registries: {} },
    "vault-write-token": null,
  };
  return yamlText(template, { lineWidth: 70 });
}
