import { PULL_SECRET, type Environment } from "../../model/environment.js";
import { OIDC_CLIENTS_ITEM, WRITE_TOKEN_ITEM } from "../../model/onepassword.js";
import type { StaticSecret } from "../../model/secret.js";

/** The static secrets of each application that has any: one item each, titled like the application. */
export function neededItems(
  environment: Environment,
  exclude: ReadonlySet<string>,
): ReadonlyMap<string, readonly StaticSecret[]> {
  const needed = new Map<string, readonly StaticSecret[]>();
  for (const { name, secrets } of environment.applications.values()) {
    const own = [...secrets.values()].filter((secret): secret is StaticSecret => secret.kind === "static");
    if (own.length > 0 && !exclude.has(name)) needed.set(name, own);
  }
  return needed;
}

/** The titles of items that are used if they exist. */
export function optionalItems(exclude: ReadonlySet<string>): readonly string[] {
  return [OIDC_CLIENTS_ITEM, PULL_SECRET, WRITE_TOKEN_ITEM].filter((title) => !exclude.has(title));
}
