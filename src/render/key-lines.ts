import { largest } from "../model/largest.js";
import { type Style, wrap } from "./style.js";

/** Longer keys stand out of their column, so that one of them does not push every text to the right. */
const WIDEST_KEY = 28;

/** How wide the column of these keys is. */
export function keyColumn(keys: readonly string[]): number {
  return Math.min(
    largest(keys, (key) => key.length),
    WIDEST_KEY,
  );
}

/** The beginning of a line about a key. */
export interface KeyHead {
  /** A symbol, indentation included. */
  readonly mark: string;
  /** As it is shown. */
  readonly key: string;
  readonly paint: (text: string) => string;
}

/** A line about a key; what does not fit goes on below the text. */
export function keyLine({ mark, key, paint }: KeyHead, text: string, column: number, style: Style): string {
  const head = `${mark} ${key.padEnd(column)}  `;
  const indent = " ".repeat(`${mark} `.length + column + 2);
  // By a function: in a replacement, `$` in a key would mean something.
  return wrap(text, style, indent, head).replace(head, () => paint(head));
}
