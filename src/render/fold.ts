import { stripVTControlCharacters } from "node:util";

/** What a text takes on the screen, colours aside. */
export function columns(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** A text as a terminal shows it best; elsewhere every line stays whole. */
export function fitted(
  { isTTY, columns: width }: { readonly isTTY: boolean; readonly columns?: number | undefined },
  text: string,
): string {
  return isTTY ? fold(text, width || 80) : text;
}

/**
 * Breaks the lines of a text that are longer than the screen is wide, so that the terminal does not break them inside a
 * word. A command that ends a line gets lines of its own, which can still be pasted. Words longer than a line stay whole.
 *
 * @param text For a person. What has no lines, such as what shows progress, and JSON stay as they are.
 */
export function fold(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => (columns(line) <= width || /^\{|\r/.test(line) ? line : foldLine(line, width)))
    .join("\n");
}

const PROGRAMS = new Set(
  "age bao chmod chown export git iconv kubectl mkdir mv phalanx rm sops unset vault".split(" "),
);

/** Where a command begins that ends the line: behind a colon, behind the sign of a prompt, or it is all that there is. */
function commandIn(line: string): number | undefined {
  if (line.endsWith(".") && !line.endsWith(" .")) return undefined;
  // What a sentence follows on is not to be pasted as it stands.
  const lastSentence = line.lastIndexOf(". ");
  const start = line.search(/[^ ]/);
  const first = line.startsWith("$ ", start) ? start + 2 : start;
  for (let at = first; at >= first; at = line.indexOf(": ", at) + 2) {
    if (at > lastSentence && PROGRAMS.has(line.slice(at, line.indexOf(" ", at)))) return at;
    if (line.indexOf(": ", at) < 0) return undefined;
  }
  return undefined;
}

function foldLine(line: string, width: number): string {
  const at = commandIn(line);
  if (at === undefined || line.startsWith("Usage: ")) return foldText(line, width);
  const [before, command] = [line.slice(0, at), line.slice(at)];
  const sign = before.trimStart();
  if (sign === "" || sign === "$ ") return foldCommand(command, before, width);
  return `${fold(before.trimEnd(), width)}\n${foldCommand(command, `${" ".repeat(before.length - sign.length)}    `, width)}`;
}

function foldCommand(command: string, indent: string, width: number): string {
  const parts = command.match(/(?:\\.|'[^']*'|[^ '\\])+/g) ?? [];
  // Quotes that do not end are no command.
  if (parts.join(" ") !== command) return foldText(indent + command, width);
  const lines = filled(
    parts.map((word) => ` ${word}`),
    indent,
    " ".repeat(indent.length + 4),
    width - " \\".length,
  );
  return lines.join(" \\\n");
}

function foldText(line: string, width: number): string {
  const [, indent = "", marker = "", cell = "", gap = ""] = ROW.exec(line) ?? [];
  const text = line.slice(indent.length).trimEnd();
  const end = line.slice(indent.length + text.length);
  // What goes on below a branch of a tree keeps the branches that go on.
  const below = indent.replaceAll("├", "│").replaceAll(/[└─]/g, " ");
  if (gap === "") {
    const hang = marker === "" && indent.trim() === "" && indent !== "" ? 0 : marker.length || 2;
    return filled(words(text), indent, below + " ".repeat(hang), width).join("\n") + end;
  }
  // The second column of a table goes on below itself, or where that is too far to the right, below the first.
  const before = columns(indent + marker + cell + gap);
  if (before <= width / 2) return filled(words(text), indent, " ".repeat(before), width).join("\n") + end;
  const first = filled(words(marker + cell), indent, `${below}  `, width);
  const others = filled(words(text.slice((marker + cell).length).trimStart()), `${below}    `, `${below}    `, width);
  return [...first, ...others].join("\n") + end;
}

/** The words of a text, each with the spaces before it. */
function words(text: string): string[] {
  const found: string[] = [];
  let spaces = "";
  for (const word of text.split(" ")) {
    spaces += " ";
    if (word === "") continue;
    found.push(spaces + word);
    spaces = "";
  }
  return found;
}

/** The parts of a line: branches of a tree, a sign, and in a table what stands before the second column. */
const ROW = /^([ │├└─]*)([+~!>•*?-] )?(?:(\S+(?: \S+)*)( {2,})\S)?/;

/** @param parts Words with the spaces before them, which fall away at the begin of a line. */
function filled(parts: readonly string[], first: string, others: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of parts) {
    if (line !== "" && columns(line + word) <= width) line += word;
    else {
      if (line !== "") lines.push(line);
      line = indented(word.trimStart(), lines.length === 0 ? first : others, width);
    }
  }
  return [...lines, line];
}

/** A word at the begin of a line. A long one gets less of the indentation, and all of the line. */
export function indented(word: string, indent: string, width: number): string {
  return indent.slice(0, Math.max(width - columns(word), 0)) + word;
}
