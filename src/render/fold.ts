import { stripVTControlCharacters } from "node:util";

/** The width of a text on the screen, without colours. */
export function columns(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** A text wrapped for a terminal; anywhere else every line stays whole. */
export function fitted(
  { isTTY, columns: width }: { readonly isTTY: boolean; readonly columns?: number | undefined },
  text: string,
): string {
  return isTTY ? fold(text, width || 80) : text;
}

/**
 * Wraps lines that are longer than the screen is wide, so that the terminal does not break them inside a word. A
 * command at the end of a line gets separate lines, and can still be pasted. Words longer than a line stay whole.
 *
 * @param text For a person. Text without lines, such as a progress display, and JSON stay as they are.
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

/** The start of a command that ends the line: after a colon, after a prompt sign, or if the line is nothing else. */
function commandIn(line: string): number | undefined {
  if (line.endsWith(".") && !line.endsWith(" .")) return undefined;
  // If a sentence follows, the text is not for pasting as it is.
  const lastSentence = line.lastIndexOf(". ");
  const start = line.search(/[^ ]/);
  const first = line.startsWith("$ ", start) ? start + 2 : start;
  for (let at = first; at >= first; at = line.indexOf(": ", at) + 2) {
    if (at > lastSentence && PROGRAMS.has(programAt(line, at))) return at;
    if (line.indexOf(": ", at) < 0) return undefined;
  }
  return undefined;
}

/** The first word of a command, after a variable that is set for it. */
function programAt(line: string, at: number): string {
  const word = /(?:\w+="\$\w+" )?([^ ]*) /y;
  word.lastIndex = at;
  return word.exec(line)?.[1] ?? "";
}

/** What introduces the command that ends a line, with its colon, and the command; undefined if there are not both. */
export function splitAtCommand(line: string): readonly [what: string, command: string] | undefined {
  const at = commandIn(line);
  return at === undefined || !line.startsWith(": ", at - 2) ? undefined : [line.slice(0, at - 1), line.slice(at)];
}

function foldLine(line: string, width: number): string {
  const comment = /^ *# /.exec(line)?.[0];
  // In a shell, each line of a comment begins with its sign.
  if (comment !== undefined && comment !== line)
    return filled(words(line.slice(comment.length)), comment, `${comment}  `, width).join("\n");
  const at = commandIn(line);
  if (at === undefined || line.startsWith("Usage: ")) return foldText(line, width);
  const [before, command] = [line.slice(0, at), line.slice(at)];
  const sign = before.trimStart();
  if (sign === "" || sign === "$ ") return foldCommand(command, before, width);
  return `${fold(before.trimEnd(), width)}\n${foldCommand(command, `${" ".repeat(before.length - sign.length)}    `, width)}`;
}

function foldCommand(command: string, indent: string, width: number): string {
  const parts = command.match(/(?:\\.|'[^']*'|[^ '\\])+/g) ?? [];
  // With an unclosed quote it is not a command.
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
  // Lines below a tree branch repeat the branches that continue.
  const below = indent.replaceAll("├", "│").replaceAll(/[└─]/g, " ");
  if (gap === "") {
    const hang = marker === "" && indent.trim() === "" && indent !== "" ? 0 : marker.length || 2;
    return filled(words(text), indent, below + " ".repeat(hang), width).join("\n") + end;
  }
  // The second column of a table continues below itself or, if that is too far to the right, below the first.
  const before = columns(indent + marker + cell + gap);
  if (before <= width / 2) return filled(words(text), indent, " ".repeat(before), width).join("\n") + end;
  const first = filled(words(marker + cell), indent, `${below}  `, width);
  const others = filled(words(text.slice((marker + cell).length).trimStart()), `${below}    `, `${below}    `, width);
  return [...first, ...others].join("\n") + end;
}

/** The words of a text, each with the preceding spaces. */
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

/** The parts of a line: tree branches, a sign, and in a table the text before the second column. */
const ROW = /^([ │├└─]*)([+~!>•*?-] )?(?:(\S+(?: \S+)*)( {2,})\S)?/;

/** @param parts Words with the preceding spaces, which are dropped at the start of a line. */
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

/** A word at the start of a line. A long one gets less indentation, and the whole line. */
export function indented(word: string, indent: string, width: number): string {
  return indent.slice(0, Math.max(width - columns(word), 0)) + word;
}
