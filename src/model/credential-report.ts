/** What is wrong with a credential. */
export type CredentialProblem =
  | { readonly kind: "expiration-missing" }
  | { readonly kind: "expired" | "expires-soon"; readonly at: string }
  | { readonly kind: "missing-policy" | "unexpected-policy" | "policy-differs"; readonly policy: string };

/** What an audit of an environment's Vault credentials found. */
export interface CredentialReport {
  readonly appRole: { readonly name: string; readonly found: boolean; readonly problems: readonly CredentialProblem[] };
  /** `token-` and the last component of the prefix. */
  readonly tokenName: string;
  readonly tokens: readonly {
    readonly name: string;
    readonly accessor: string;
    readonly problems: readonly CredentialProblem[];
  }[];
}
