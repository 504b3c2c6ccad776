/** What there is to say of the way to Vault and 1Password: credentials, TLS, variables. */
export const ACCESS = {} as const;
