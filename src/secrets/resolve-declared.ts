import type { Environment } from "../model/environment.js";
import { SecretValue } from "../model/secret-value.js";
import { resolve, type Resolved } from "./resolve.js";

/** How secrets derive from each other if all static values are provided, regardless of what Vault holds. */
export function resolveDeclared(environment: Environment): Resolved {
  const given = new SecretValue("given");
  const values = [...environment.applications].map(([application, { secrets }]): [string, Map<string, SecretValue>] => [
    application,
    new Map([...secrets.keys()].map((key) => [key, given])),
  ]);
  return resolve({
    environment,
    current: new Map(),
    staticSecrets: {
      origin: "file",
      applications: new Map(values),
      oidcClients: new Map(),
      registries: new Map(),
      vaultWriteToken: undefined,
    },
    exclude: new Set(),
    regenerate: () => false,
    fresh: new Map(),
  });
}
