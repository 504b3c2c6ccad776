import { ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { VaultAnswer, VaultSession } from "./protocol.js";

/**
 * The members that a response from Vault must have. If one is missing, or has the wrong type, the response is invalid.
 */
export interface Fields {
  readonly text: (name: string) => string;
  /** Not negative, like everything that Vault counts. */
  readonly number: (name: string) => number;
  readonly strings: (name: string) => string[];
  /** The same; Vault may write null for an empty list. */
  readonly stringsOrNull: (name: string) => string[];
  /** RFC 3339; undefined for null: never. */
  readonly timeOrNull: (name: string) => string | undefined;
}

/**
 * The members of a part of a response.
 *
 * @param shown The request, for messages.
 */
export function fieldsOf(
  session: VaultSession,
  shown: string,
  { body }: Pick<VaultAnswer, "body">,
  part: "data" | "auth",
): Fields {
  const wrong = (member: string): ServerError =>
    new ServerError(diagnostic("vault-answer-incomplete", { url: session.url, path: shown, member }));
  const found = isObject(body) ? body[part] : undefined;
  if (!isObject(found)) throw wrong(part);
  /** Only own members, not inherited ones. */
  const of = (name: string): unknown => (Object.hasOwn(found, name) ? found[name] : undefined);
  const strings = (name: string): string[] => {
    const value = of(name);
    if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) throw wrong(name);
    return value;
  };
  return {
    text: (name) => {
      const value = of(name);
      if (typeof value !== "string") throw wrong(name);
      return value;
    },
    number: (name) => {
      const value = of(name);
      if (typeof value !== "number" || !Number.isFinite(value) || value < 0) throw wrong(name);
      return value;
    },
    strings,
    stringsOrNull: (name) => (of(name) === null ? [] : strings(name)),
    timeOrNull: (name) => {
      const value = of(name);
      if (value === null) return undefined;
      if (typeof value !== "string" || Number.isNaN(Date.parse(value))) throw wrong(name);
      return value;
    },
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
