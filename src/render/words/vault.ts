export const VAULT_WORDS = {};
