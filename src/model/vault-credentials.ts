import type { SecretValue } from "./secret-value.js";

/** An AppRole with its newly created credentials. */
export interface ReadAppRole {
  readonly roleId: string;
  readonly secretId: SecretValue;
  readonly secretIdAccessor: string;
  /** RFC 3339; null: never. Undefined if the server did not say. */
  readonly secretIdExpires: string | null | undefined;
  readonly policies: readonly string[];
  /** Seconds; 0: the server's default. */
  readonly tokenTtl: number;
  readonly tokenMaxTtl: number;
}

/** Vault's information on a token. */
export interface TokenInfo {
  readonly accessor: string;
  readonly displayName: string;
  readonly policies: readonly string[];
  /** RFC 3339; undefined: never. */
  readonly expires: string | undefined;
}

/** A newly created token. */
export interface WriteToken extends TokenInfo {
  readonly token: SecretValue;
}

/** Why a capability is needed. */
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

/** A right that a token needs. */
export interface Requirement {
  readonly path: string;
  readonly capability: string;
  readonly purpose: Purpose;
  /** Undefined if it applies to all of them. */
  readonly application: string | undefined;
}
