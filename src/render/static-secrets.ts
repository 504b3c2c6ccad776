import { DUMP_SCHEMA, realMapTag } from "js-yaml";
import type { Environment } from "../model/environment.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { PULL_SECRET_DESCRIPTION } from "./static-template.js";
import { flowText, yamlText } from "./yaml.js";

/** Quotes everything that YAML 1.1 or 1.2 would not read as a string; maps keep their order and allow any key. */
const SCHEMA = DUMP_SCHEMA.withTags(realMapTag);

/** Static secrets as a file, WITH their values, and with `KEY: {}` for each unknown one. */
export function renderStaticSecrets(environment: Environment, staticSecrets: StaticSecrets): string {
  const applications = [...environment.applications.values()].flatMap(({ name, secrets }) => {
    const entries = [...secrets.values()].flatMap((secret): [string, object][] => {
      if (secret.kind !== "static") return [];
      const value = staticSecrets.applications.get(name)?.get(secret.key)?.reveal();
      return [[secret.key, value === undefined ? {} : { value }]];
    });
    return entries.length > 0 ? [[name, new Map(entries)] as const] : [];
  });
  const clients = [...staticSecrets.oidcClients].map(
    ([name, { id, secret, returnUri }]) => [name, { id, secret: secret.reveal(), return_uri: returnUri }] as const,
  );
  const registries = [...staticSecrets.registries].map(
    ([host, { username, password }]) => [host, { username, password: password.reveal() }] as const,
  );
  const token = staticSecrets.vaultWriteToken?.reveal();
  const file = {
    applications: new Map(applications),
    "oidc-clients": new Map(clients),
    "pull-secret": { description: PULL_SECRET_DESCRIPTION, registries: new Map(registries) },
    ...(token === undefined ? {} : { "vault-write-token": token }),
  };
  return yamlText(file, { schema: SCHEMA, lineWidth: -1 });
}

/** How a value is written into a static secrets file, WITH the value. */
export const VALUE_SPELLING = {
  lines: (document: unknown): string => yamlText(document, { schema: SCHEMA, lineWidth: -1 }),
  flow: flowText,
};
