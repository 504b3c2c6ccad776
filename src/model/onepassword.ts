import { PhalanxError } from "../errors.js";
import { compareCodePoints } from "./code-points.js";
import { commandLine } from "./shell.js";

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

/** Everything that an environment needs and its 1Password vault proved not to have. */
export class MissingItemsError extends PhalanxError {
  readonly missing: readonly MissingInOnepassword[];

  constructor(environment: string, missing: readonly MissingInOnepassword[]) {
    const sorted = missing.toSorted(
      (a, b) => compareCodePoints(a.application, b.application) || compareCodePoints(a.key ?? "", b.key ?? ""),
    );
    super(`Missing 1Password items or fields: ${sorted.map(missingName).join(", ")}`, {
      hint: `${commandLine("phalanx", "secrets", "onepassword-template", environment)} shows what the vault must have; with --create it makes missing items.`,
    });
    this.missing = sorted;
  }
}
