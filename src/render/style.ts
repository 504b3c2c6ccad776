import { styleText } from "node:util";
import { columns, indented } from "./fold.js";
import { printable } from "./printable.js";

/** How emphasis is shown: with colour on a terminal, not at all elsewhere. Symbols carry the meaning in both. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly create: (text: string) => string;
  readonly update: (text: string) => string;
  readonly remove: (text: string) => string;
  /** Columns of the output, for wrapping. */
  readonly width: number;
}

const plain = (text: string): string => text;

export const PLAIN: Style = { bold: plain, dim: plain, create: plain, update: plain, remove: plain, width: 80 };

export function uncoloured(width: number): Style {
  return { ...PLAIN, width: readable(width) };
}

type Format = Parameters<typeof styleText>[0];

/** Whether to paint was decided before; Node would look at the standard output of the process. */
function paint(format: Format): (text: string) => string {
  return (text) => styleText(format, text, { validateStream: false });
}

/** Colours by the sixteen names that every terminal has. */
export function coloured(width: number): Style {
  return {
    bold: paint("bold"),
    dim: paint("dim"),
    create: paint("green"),
    update: paint("yellow"),
    remove: paint("red"),
    width: readable(width),
  };
}

/** Lines that are too short fall apart, and those that are too long are hard to follow. */
function readable(width: number): number {
  return Math.min(Math.max(width, 20), 120);
}

/** Columns that a text needs, to be read. */
const NARROWEST = 14;

/**
 * Breaks a text at spaces so that each line, indentation included, fits. Words longer than a line stay whole.
 *
 * @param text As anybody may have written it: what would move the cursor is shown instead.
 */
export function wrap(text: string, style: Style, indent: string, first = indent): string {
  return wrapPainted(printable(text), style, indent, first);
}

/** The same for a text in colours, in which nothing else can do anything to a terminal. */
export function wrapPainted(text: string, { width }: Style, indent: string, first = indent): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  // Where hardly a word fits beside what a line begins with, the text goes on below that.
  const below = indent.length > width - NARROWEST ? `${/^ */.exec(first)?.[0] ?? ""}    ` : indent;
  for (const word of text.split(" ")) {
    if (!empty && columns(line) + 1 + columns(word) > width) {
      lines.push(line);
      line = indented(word, below, width);
    } else line += empty ? word : ` ${word}`;
    empty = false;
  }
  return `${[...lines, line].join("\n")}\n`;
}
