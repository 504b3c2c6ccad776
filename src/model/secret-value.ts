import { channel } from "node:diagnostics_channel";
import { inspect } from "node:util";

const REDACTED = "(sensitive value)";

/** A value that was created, for masking. */
export interface SeenValue {
  readonly text: string;
  /** `held` by a source, a server or a generator, or `written` in Git, where anybody may propose it. */
  readonly origin: "held" | "written";
}

/**
 * Publishes every value, so that a subscriber can mask it before it is shown. Usually there is no subscriber. The channel
 * has no name, so only importers can subscribe.
 */
export const SEEN_VALUES = channel(Symbol("values"));

function tell(seen: SeenValue): void {
  if (SEEN_VALUES.hasSubscribers) SEEN_VALUES.publish(seen);
}

/** Prints, serialises and inspects as a placeholder. */
class Redacted {
  /**
   * Returns a placeholder, never the value.
   *
   * @returns `(sensitive value)`
   */
  toString(): string {
    return REDACTED;
  }

  /**
   * Returns a placeholder, never the value.
   *
   * @returns `(sensitive value)`
   */
  toJSON(): string {
    return REDACTED;
  }

  /**
   * Returns a placeholder, never the value.
   *
   * @returns `(sensitive value)`
   */
  [inspect.custom](): string {
    return REDACTED;
  }
}

/**
 * The value of a secret. It prints, serialises and inspects as `(sensitive value)`, so it cannot end up in a log by
 * accident. Only `reveal` returns the text.
 *
 * @example
 * ```ts
 * const password = new SecretValue("correct horse");
 * console.log(`${password}`); // (sensitive value)
 * console.log(JSON.stringify({ password })); // {"password":"(sensitive value)"}
 * console.log(password.reveal()); // correct horse
 * ```
 */
export class SecretValue extends Redacted {
  readonly #value: string;
  /** Whether the value is committed to Git in plain text, and so is not secret. */
  readonly isWritten: boolean;

  /**
   * Wraps a value.
   *
   * @param value The text.
   * @param origin `written` if it is committed to Git in plain text, else `held`.
   */
  constructor(value: string, origin: SeenValue["origin"] = "held") {
    super();
    this.#value = value;
    this.isWritten = origin === "written";
    tell({ text: value, origin });
  }

  /**
   * Returns the value in plain text. Do not print it.
   *
   * @returns The text.
   */
  reveal(): string {
    return this.#value;
  }

  /** Whether the text is empty. An empty text counts as no value. */
  get isEmpty(): boolean {
    return this.#value === "";
  }

  /** The length in bytes, in UTF-8. */
  get bytes(): number {
    return Buffer.byteLength(this.#value);
  }

  /**
   * Compares two values.
   *
   * @param other The value to compare with.
   * @returns Whether both have the same text.
   */
  equals(other: SecretValue): boolean {
    return this.#value === other.#value;
  }
}

/**
 * A value in Vault that is not a string: a number, object or list that another program wrote. It is never interpreted,
 * only carried over as the exact JSON text that the server sent.
 */
export class ForeignValue extends Redacted {
  readonly #json: string;

  constructor(json: string) {
    super();
    this.#json = json;
    tell({ text: json, origin: "held" });
  }

  revealJson(): string {
    return this.#json;
  }

  /** Whether it is an empty list or object, which the original program treats as no value. */
  get isEmpty(): boolean {
    return /^\s*(\[\s*\]|\{\s*\})\s*$/.test(this.#json);
  }

  get bytes(): number {
    return Buffer.byteLength(this.#json);
  }

  /**
   * Whether it contains a number that the server may have rounded. Vault and OpenBao store every digit but return the
   * nearest double, so writing their response back would change it.
   */
  get mayBeRounded(): boolean {
    const withoutStrings = this.#json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"?/g, '""');
    for (const [number] of withoutStrings.matchAll(/-?\d+(\.\d+)?([eE][+-]?\d+)?/g)) {
      if (mayBeRounded(number)) return true;
    }
    return false;
  }

  equals(other: ForeignValue): boolean {
    return this.#json === other.#json;
  }
}

/**
 * From 2^53 on doubles are further apart than integers, so a returned number may end in zeros that nobody wrote. Below,
 * every number of at most 15 significant digits survives conversion to a double; so a number returned with that few
 * digits is the original, unless someone wrote a number with more digits so close to it that no double distinguishes
 * the two.
 */
function mayBeRounded(number: string): boolean {
  const digits = number
    .replace(/[eE].*$/s, "")
    .replace(/\D/g, "")
    .replace(/^0+/, "");
  return Math.abs(Number(number)) >= 2 ** 53 || digits.length > 15;
}

/** The value of one key of a KV secret. */
export type StoredValue = SecretValue | ForeignValue;

export function sameStoredValue(a: StoredValue | undefined, b: StoredValue | undefined): boolean {
  if (a instanceof SecretValue && b instanceof SecretValue) return a.equals(b);
  if (a instanceof ForeignValue && b instanceof ForeignValue) return a.equals(b);
  return a === undefined && b === undefined;
}
