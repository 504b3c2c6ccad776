import { PULL_SECRET } from "./environment.js";

/** Items that any environment may have besides those of its applications. */
export const OIDC_CLIENTS_ITEM = "oidc-clients";
export const WRITE_TOKEN_ITEM = "vault-write-token";
export const WRITE_TOKEN_FIELD = "vault-token";

/** Items with sections, each named after a client or registry, and the required fields of a section. */
export const STRUCTURED_ITEMS = {
  [OIDC_CLIENTS_ITEM]: { named: "client", labels: ["id", "secret", "return_uri"] },
  [PULL_SECRET]: { named: "registry", labels: ["username", "password"] },
} as const;
export type StructuredItem = keyof typeof STRUCTURED_ITEMS;

export type ConnectRequest =
  | { readonly for: "vault"; readonly vault: string }
  | { readonly for: "items" }
  | { readonly for: "item" | "creation"; readonly item: string };

/** An item missing from 1Password, or a field missing from an existing item. */
export interface MissingInOnepassword {
  readonly application: string;
  readonly key?: string;
  /** The existing title or label, which differs only in case or whitespace. */
  readonly near?: string;
}

/** `APP KEY`, or `APP` for a whole item, and what resembles it. */
export function missingName({ application, key, near }: MissingInOnepassword): string {
  const there = near === undefined ? "" : ` (there is "${near}")`;
  return key === undefined ? `${application}${there}` : `${application} ${key}${there}`;
}
