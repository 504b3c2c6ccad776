/** The items that every environment may have beside those of its applications. */
export const OIDC_CLIENTS_ITEM = "oidc-clients";
export const WRITE_TOKEN_ITEM = "vault-write-token";
export const WRITE_TOKEN_FIELD = "vault-token";

/** What each section of a structured item has to hold. */
export const OIDC_CLIENT_FIELDS = ["id", "secret", "return_uri"] as const;
export const REGISTRY_FIELDS = ["username", "password"] as const;

/** An item that 1Password does not have, or a field of one that it has. */
export interface MissingInOnepassword {
  readonly application: string;
  readonly key?: string;
}

/** `APP KEY`, or `APP` for a whole item. */
export function missingName({ application, key }: MissingInOnepassword): string {
  return key === undefined ? application : `${application} ${key}`;
}
