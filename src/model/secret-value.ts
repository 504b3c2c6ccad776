import { inspect } from "node:util";

const REDACTED = "(sensitive value)";

/**
 * A secret's value on its way through the program. Printing, serialising or inspecting it gives a placeholder; only
 * `reveal()` gives the text, and the files that may call it are listed in `test/architecture.test.ts`.
 */
export class SecretValue {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** An empty string counts as "no value" everywhere. */
  get isEmpty(): boolean {
    return this.#value === "";
  }

  equals(other: SecretValue): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/**
 * A value in Vault that is no string: somebody else's number, object or list. It is never interpreted, only carried
 * over as the exact JSON text that the server sent.
 */
export class ForeignValue {
  readonly #json: string;

  constructor(json: string) {
    this.#json = json;
  }

  revealJson(): string {
    return this.#json;
  }

  /**
   * Whether it holds a number with more digits than a double. Vault and OpenBao keep such a number but answer with a
   * rounded one, so writing back what they answered would change it.
   */
  get mayBeRounded(): boolean {
    const withoutStrings = this.#json.replace(/"(?:[^"\\]|\\.)*"/g, '""');
    const numbers = withoutStrings.match(/-?\d+(\.\d+)?([eE][+-]?\d+)?/g) ?? [];
    return numbers.some(
      (text) =>
        text
          .replace(/[eE].*$/, "")
          .replace(/\D/g, "")
          .replace(/^0+|0+$/g, "").length > 15,
    );
  }

  equals(other: ForeignValue): boolean {
    return this.#json === other.#json;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** What one key of a KV secret holds. */
export type StoredValue = SecretValue | ForeignValue;

export function sameStoredValue(a: StoredValue | undefined, b: StoredValue | undefined): boolean {
  if (a instanceof SecretValue && b instanceof SecretValue) return a.equals(b);
  if (a instanceof ForeignValue && b instanceof ForeignValue) return a.equals(b);
  return a === undefined && b === undefined;
}
