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

const ESCAPE = "\u001b";
const SEQUENCE = new RegExp(`${ESCAPE}\\[\\d+m`, "g");

const plain = (text: string): string => text;

export const PLAIN: Style = { bold: plain, dim: plain, create: plain, update: plain, remove: plain, width: 80 };

export function uncoloured(width: number): Style {
  return { ...PLAIN, width: readable(width) };
}

function paint(open: number, close: number): (text: string) => string {
  return (text) => `\u001b[${open}m${text}\u001b[${close}m`;
}

/** Colours by the sixteen names that every terminal has. */
export function coloured(width: number): Style {
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    create: paint(32, 39),
    update: paint(33, 39),
    remove: paint(31, 39),
    width: readable(width),
  };
}

/** Lines that are too short fall apart, and those that are too long are hard to follow. */
function readable(width: number): number {
  return Math.min(Math.max(width, 60), 120);
}

/** Columns that a text takes, colours aside. */
function visibleLength(text: string): number {
  return text.includes(ESCAPE) ? text.replaceAll(SEQUENCE, "").length : text.length;
}

/** Breaks a text at spaces so that each line, indentation included, fits. Words longer than a line stay whole. */
export function wrap(text: string, { width }: Style, indent: string, first = indent): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && visibleLength(line) + 1 + visibleLength(word) > width) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return `${[...lines, line].join("\n")}\n`;
}
