/** Who we are to Vault, and where it is; the options that every command shares which talks to it. */
export interface VaultOptions {
  readonly auth?: string;
  readonly authMount?: string;
  readonly role?: string;
  readonly jwtFile?: string;
  readonly vaultAddress?: string;
  readonly requireTls?: boolean;
}
