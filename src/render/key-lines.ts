import { largest } from "../model/largest.js";
import { type Style, wrap } from "./style.js";

/** Longer keys exceed their column, so that a single one does not push every text to the right. */
const WIDEST_KEY = 28;

export function keyColumn(keys: readonly string[]): number {
  return Math.min(
    largest(keys, (key) => key.length),
    WIDEST_KEY,
  );
}

/** The start of a line about a key. */
export interface KeyHead {
  /** A symbol, including indentation. */
  readonly mark: string;
  /** As displayed. */
  readonly key: string;
  readonly paint: (text: string) => string;
}

/** A line about a key; what does not fit continues below the text. */
export function keyLine({ mark, key, paint }: KeyHead, text: string, column: number, style: Style): string {
  const head = `${mark} ${key.padEnd(column)}  `;
  const indent = " ".repeat(`${mark} `.length + column + 2);
  // A function, because `$` in a replacement string has a meaning.
  return wrap(text, style, indent, head).replace(head, () => paint(head));
}
