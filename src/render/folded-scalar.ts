/**
 * A text as a folded block scalar (`>`), with line breaks where PyYAML puts them: at the first single space beyond the
 * width. So a file written by the original and one of this program have the same line breaks.
 *
 * @param indent Spaces before each line.
 * @param width Columns after which a line is broken.
 * @returns From the indicator to the end of the last line; undefined for texts that PyYAML writes in another style, and
 * for lines starting with a space, which PyYAML breaks in a way that changes the text.
 */
export function foldedScalar(text: string, indent: number, width: number): string | undefined {
  if (!/^[\x21-\x7e][\x20-\x7e\n]*$/.test(text) || /(?:^|\n) | (?:\n|$)/.test(text)) return undefined;
  const chomping = text.endsWith("\n\n") ? "+" : text.endsWith("\n") ? "" : "-";
  const margin = " ".repeat(indent);
  // No line ends in a space.
  const body = text.trimEnd();
  const lines = body.split("\n");
  // A single line break is read as a space.
  const folded = lines.map((line) => (line === "" ? "" : `${margin}${broken(line, margin, width)}\n`));
  const rest = "\n".repeat(Math.max(text.length - body.length, 1) - 1);
  return `>${chomping}\n${folded.join("\n")}${rest}`;
}

/** One line of the text, broken at single spaces. */
function broken(line: string, margin: string, width: number): string {
  let column = margin.length;
  return line
    .split(/( +)/)
    .map((part) => {
      const breaks = part === " " && column > width;
      column = breaks ? margin.length : column + part.length;
      return breaks ? `\n${margin}` : part;
    })
    .join("");
}
