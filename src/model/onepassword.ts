import { PULL_SECRET } from "./environment.js";

/** The items that every environment may have beside those of its applications. */
export const OIDC_CLIENTS_ITEM = "oidc-clients";
export const WRITE_TOKEN_ITEM = "vault-write-token";
export const WRITE_TOKEN_FIELD = "vault-token";

/** The items that have sections, each named after a client or registry, and the fields that each section has to hold. */
export const STRUCTURED_ITEMS = {
  [OIDC_CLIENTS_ITEM]: { named: "client", labels: ["id", "secret", "return_uri"] },
  [PULL_SECRET]: { named: "registry", labels: ["username", "password"] },
} as const;
export type StructuredItem = keyof typeof STRUCTURED_ITEMS;

/** What 1Password Connect is asked for. */
export type ConnectRequest =
  | { readonly for: "vault"; readonly vault: string }
  | { readonly for: "items" }
  | { readonly for: "item" | "creation"; readonly item: string };

/** An item that 1Password does not have, or a field of one that it has. */
export interface MissingInOnepassword {
  readonly application: string;
  readonly key?: string;
  /** What is there instead: a title or a label that differs in case or white space only. */
  readonly near?: string;
}

/** `APP KEY`, or `APP` for a whole item, and what looks like it. */
export function missingName({ application, key, near }: MissingInOnepassword): string {
  const there = near === undefined ? "" : ` (there is "${near}")`;
  return key === undefined ? `${application}${there}` : `${application} ${key}${there}`;
}
