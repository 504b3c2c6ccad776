/** What there is to say of servers: HTTP, Vault and its answers. */
export const VAULT = {} as const;
