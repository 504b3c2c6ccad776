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

/** The caller has decided whether to use colour; Node would inspect the process's standard output. */
function paint(format: Format): (text: string) => string {
  return (text) => styleText(format, text, { validateStream: false });
}

/** Uses the sixteen named colours that every terminal has. */
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

/** Lines that are too short fall apart, and lines that are too long are hard to follow. */
function readable(width: number): number {
  return Math.min(Math.max(width, 20), 120);
}

/** The minimum number of columns for readable text. */
const NARROWEST = 14;

/**
 * Wraps a text at spaces so that each line fits, including indentation. Words longer than a line stay whole.
 *
 * @param text May come from anyone: characters that would move the cursor are shown instead.
 */
export function wrap(text: string, style: Style, indent: string, first = indent): string {
  return wrapPainted(printable(text), style, indent, first);
}

/** The same for a coloured text that contains nothing else a terminal would interpret. */
export function wrapPainted(text: string, { width }: Style, indent: string, first = indent): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  // If hardly a word fits beside the start of the line, the text continues below it.
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
