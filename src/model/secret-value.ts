import { channel } from "node:diagnostics_channel";
import { inspect } from "node:util";

const REDACTED = "(sensitive value)";

/** The text of a value that has come to be. */
export interface SeenValue {
  readonly text: string;
  /** `held` by a source, a server or a generator; or `written` in Git, where whoever proposes a change chooses it. */
  readonly origin: "held" | "written";
}

/**
 * Where values are told of, for whoever masks them before anything can show them; usually nobody listens. It has no name,
 * so that only what imports it can.
 */
export const SEEN_VALUES = channel(Symbol("values"));

function tell(seen: SeenValue): void {
  if (SEEN_VALUES.hasSubscribers) SEEN_VALUES.publish(seen);
}

/** Whatever prints, serialises or inspects it gets a placeholder. */
class Redacted {
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
 * A secret's value on its way through the program. Printing, serialising or inspecting it gives a placeholder; only
 * `reveal()` gives the text, and the files that may call it are listed in `test/architecture.test.ts`.
 */
export class SecretValue extends Redacted {
  readonly #value: string;
  /** Whether it stands in Git, so that everybody knows it. */
  readonly isWritten: boolean;

  constructor(value: string, origin: SeenValue["origin"] = "held") {
    super();
    this.#value = value;
    this.isWritten = origin === "written";
    tell({ text: value, origin });
  }

  reveal(): string {
    return this.#value;
  }

  /** An empty string counts as "no value" everywhere. */
  get isEmpty(): boolean {
    return this.#value === "";
  }

  /** In UTF-8. */
  get bytes(): number {
    return Buffer.byteLength(this.#value);
  }

  equals(other: SecretValue): boolean {
    return this.#value === other.#value;
  }
}

/**
 * A value in Vault that is no string: somebody else's number, object or list. It is never interpreted, only carried
 * over as the exact JSON text that the server sent.
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

  /** An empty list or object, which the original takes for no value, too. */
  get isEmpty(): boolean {
    return /^\s*(\[\s*\]|\{\s*\})\s*$/.test(this.#json);
  }

  get bytes(): number {
    return Buffer.byteLength(this.#json);
  }

  /**
   * Whether it holds a number that the server may have rounded. Vault and OpenBao keep every digit but answer with the
   * nearest double, so writing back what they answered would change it.
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
 * From 2^53 on doubles are further apart than integers, and an answer there may end in zeros that nobody wrote. Below,
 * every number of at most 15 significant digits comes through a double unchanged; so what is answered with so few is
 * what was written, unless somebody wrote a number of more digits so close to it that no double tells the two apart.
 */
function mayBeRounded(number: string): boolean {
  const digits = number
    .replace(/[eE].*$/s, "")
    .replace(/\D/g, "")
    .replace(/^0+/, "");
  return Math.abs(Number(number)) >= 2 ** 53 || digits.length > 15;
}

/** What one key of a KV secret holds. */
export type StoredValue = SecretValue | ForeignValue;

export function sameStoredValue(a: StoredValue | undefined, b: StoredValue | undefined): boolean {
  if (a instanceof SecretValue && b instanceof SecretValue) return a.equals(b);
  if (a instanceof ForeignValue && b instanceof ForeignValue) return a.equals(b);
  return a === undefined && b === undefined;
}
