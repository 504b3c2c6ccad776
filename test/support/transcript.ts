import { readFile, writeFile } from "node:fs/promises";
import type { Finished } from "./cli.js";

/**
 * A transcript is what an operator would see: `$ command` lines, each followed by its output. Lines of stderr start
 * with `! `, an exit status other than 0 comes last in brackets, `#` starts a comment.
 */
export interface Step {
  readonly comment: readonly string[];
  readonly command: readonly string[];
  readonly expected: readonly string[];
}

/** A run's id: its time, and a random part. */
export const RUN_ID = /\b\d{8}T\d{6}Z-[0-9a-f]{6}\b/g;

/** Removes what differs between runs: times, and hashes of them. */
export function hideChanging(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{64}\b/g, "<hash>")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+| UTC)?/g, "<time>")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "<time>");
}

export async function readTranscript(path: string): Promise<Step[]> {
  const steps: { comment: string[]; command: string[]; expected: string[] }[] = [];
  let comment: string[] = [];
  for (const line of (await readFile(path, "utf8")).split("\n")) {
    if (line.startsWith("$ ")) {
      steps.push({ comment, command: splitWords(line.slice(2)), expected: [] });
      comment = [];
    } else if (line.startsWith("#") || steps.length === 0) comment.push(line);
    else steps.at(-1)?.expected.push(line);
  }
  return steps.map((step) => ({ ...step, expected: trimEnd(step.expected) }));
}

/** A finished command's lines in a transcript. */
export function shown({ exit, stdout, stderr }: Finished, replace: (text: string) => string): string[] {
  const lines = (text: string): string[] => (text === "" ? [] : replace(text).replace(/\n$/, "").split("\n"));
  return trimEnd([
    ...lines(stdout),
    ...lines(stderr).map((line) => `! ${line}`.trimEnd()),
    ...(exit === 0 ? [] : [`[${exit}]`]),
  ]);
}

/** Writes what really happened, for a person to review before it is committed. */
export async function writeTranscript(
  path: string,
  steps: readonly Step[],
  actual: readonly (readonly string[])[],
): Promise<void> {
  const blocks = steps.map(({ comment, command }, i) =>
    [...comment, `$ ${command.map(quoteWord).join(" ")}`, ...(actual[i] ?? [])].join("\n"),
  );
  await writeFile(path, `${blocks.join("\n\n")}\n`);
}

function trimEnd(lines: readonly string[]): string[] {
  const end = lines.findLastIndex((line) => line !== "");
  return lines.slice(0, end + 1);
}

function splitWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./•-]+$/.test(word) ? word : `'${word}'`;
}
