import { error } from "../diagnostic.js";

/** What there is to say of servers: HTTP, Vault and its answers. */
export const VAULT = {
  "policy-prefix-not-literal": error<{ readonly prefix: string }>(),
} as const;
