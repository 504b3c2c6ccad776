import { inspect } from "node:util";

const REDACTED = "(sensitive value)";

/** Hears of every value that comes to be. */
export interface ValueWatch {
  /** A value that a source, a server or a generator holds. */
  readonly held: (text: string) => void;
  /** Text that stands in Git, where whoever proposes a change chooses it. */
  readonly written: (text: string) => void;
}

let watcher: ValueWatch | undefined;

/**
 * From now on, `watch` hears the text of every value: for a CI that must know what to mask before anything can show it.
 * The function that is returned ends that.
 */
export function watchValues(watch: ValueWatch): () => void {
  watcher = watch;
  return () => void (watcher = undefined);
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

  constructor(value: string, origin: "held" | "written" = "held") {
    super();
    this.#value = value;
    this.isWritten = origin === "written";
    watcher?.[origin](value);
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
    watcher?.held(json);
  }

  revealJson(): string {
    return this.#json;
  }

  /** An empty list or object, which the original takes for no value, too. */
  get isEmpty(): boolean {
    return /^\s*(\[\s*\]|\{\s*\})\s*$/.test(this.#json);
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
