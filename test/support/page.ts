/**
 * What a documentation page asks its reader to do. A block of the language `console` contains `$ command` lines, each
 * followed by the output and, if it is not 0, by the exit status in brackets. A `yaml` block that starts with a comment
 * containing only a path is a file that the reader writes.
 */
export type PageStep =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "command"; readonly command: string; readonly expected: string; readonly at: Lines };

/** Lines of the page, from the first up to but excluding the second. */
type Lines = readonly [from: number, to: number];

export function readPage(text: string): PageStep[] {
  const lines = text.split("\n");
  const steps: PageStep[] = [];
  for (let from = 0; from < lines.length; from++) {
    const language = /^```(\w+)$/.exec(lines[from] ?? "")?.[1];
    if (language === undefined) continue;
    const to = lines.indexOf("```", from + 1);
    if (to < 0) throw new Error(`line ${from + 1}: the block does not end`);
    if (language === "console") steps.push(...readCommands(lines, [from + 1, to]));
    const path = language === "yaml" ? /^# (\S+\.yaml)$/.exec(lines[from + 1] ?? "")?.[1] : undefined;
    if (path !== undefined) steps.push({ kind: "file", path, text: `${lines.slice(from + 1, to).join("\n")}\n` });
    from = to;
  }
  return steps;
}

function readCommands(lines: readonly string[], [from, to]: Lines): PageStep[] {
  const steps: PageStep[] = [];
  for (let line = from; line < to; ) {
    const first = line;
    if (!lines[line]?.startsWith("$ ")) throw new Error(`line ${line + 1}: a block begins with a command`);
    const end = /<<'(\w+)'/.exec(lines[line] ?? "")?.[1];
    if (end !== undefined) line = lines.indexOf(end, line);
    else while (lines[line]?.endsWith("\\")) line++;
    line++;
    const output = line;
    while (line < to && !lines[line]?.startsWith("$ ")) line++;
    const printed = lines.slice(output, line).findLastIndex((text) => text !== "") + 1;
    steps.push({
      kind: "command",
      command: lines.slice(first, output).join("\n").slice(2),
      expected: lines.slice(output, output + printed).join("\n"),
      at: [output, output + printed],
    });
  }
  return steps;
}

export function rewritePage(text: string, outputs: readonly { readonly at: Lines; readonly output: string }[]): string {
  const lines = text.split("\n");
  for (const { at, output } of outputs.toSorted((a, b) => b.at[0] - a.at[0]))
    lines.splice(at[0], at[1] - at[0], ...(output === "" ? [] : output.split("\n")));
  return lines.join("\n");
}
