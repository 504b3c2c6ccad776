import type { SecretValue } from "./secret-value.js";

/** An AppRole, with the credentials that were just made for it. */
export interface ReadAppRole {
  readonly roleId: string;
  readonly secretId: SecretValue;
  readonly secretIdAccessor: string;
  /** RFC 3339; null: never. Undefined where the server did not say. */
  readonly secretIdExpires: string | null | undefined;
  readonly policies: readonly string[];
  /** Seconds; 0: the server's default. */
  readonly tokenTtl: number;
  readonly tokenMaxTtl: number;
}

/** What Vault says of a token. */
export interface TokenInfo {
  readonly accessor: string;
  readonly displayName: string;
  readonly policies: readonly string[];
  /** RFC 3339; undefined: never. */
  readonly expires: string | undefined;
}

/** A token that was just made. */
export interface WriteToken extends TokenInfo {
  readonly token: SecretValue;
}

/** What a capability is needed for. */
export type Purpose =
  | "delete"
  | "delete-again"
  | "delete-softly"
  | "destroy"
  | "list"
  | "note"
  | "read"
  | "read-history"
  | "restore"
  | "undelete"
  | "write";

/** Something that a token has to be permitted to do. */
export interface Requirement {
  readonly path: string;
  readonly capability: string;
  readonly purpose: Purpose;
  /** Undefined where it is about all of them. */
  readonly application: string | undefined;
}
