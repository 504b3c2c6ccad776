import { dump } from "js-yaml";
import { compareCodePoints } from "../model/code-points.js";
import type { Environment } from "../model/environment.js";

const ENCODED_WARNING = "If you store this secret in a 1Password item, encode it with base64 first.";

const PULL_SECRET_DESCRIPTION =
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
  const applications: Record<string, Record<string, TemplateEntry>> = {};
  for (const { name, secrets } of environment.applications.values()) {
    const entries = [...secrets.values()].flatMap((secret): [string, TemplateEntry][] => {
      if (secret.kind !== "static") return [];
      const { key, encoded, description = null } = secret;
      return [[key, { description, value: null, ...(encoded ? { warning: ENCODED_WARNING } : {}) }]];
    });
    if (entries.length > 0)
      applications[name] = Object.fromEntries(entries.sort(([a], [b]) => compareCodePoints(a, b)));
  }
  const template = {
    applications,
    "oidc-clients": {},
    "pull-secret": { description: PULL_SECRET_DESCRIPTION, registries: {} },
    "vault-write-token": null,
  };
  return dump(template, { lineWidth: 70 });
}
