import { largest } from "../model/largest.js";
import { appendFile } from "node:fs/promises";
import { type Context, variable } from "../terminal/context.js";
import { printable } from "../render/printable.js";

/**
 * What is masked is masked everywhere in the log: short words and lines of prose would take parts of a report with them.
 */
const MASKED = /^\S{8,}$/;

/** What the runner of GitHub Actions takes from a step: commands on stdout, and files that it reads afterwards. */
export interface Runner {
  /** Keeps a value, line by line, out of everything that the job logs from now on. */
  readonly mask: (value: string) => void;
  /** Prints what a command printed, without anything in it being a command to the runner. */
  readonly print: (text: string) => void;
  readonly error: (message: string) => void;
  readonly setOutput: (name: string, value: string) => Promise<void>;
  readonly addSummary: (markdown: string) => Promise<void>;
}

export function openRunner(context: Context): Runner {
  const { stdout } = context;
  const masked = new Set<string>();
  // Anywhere else, a line that says what to mask would be what shows it.
  const isRunner = variable(context, "GITHUB_ACTIONS") === "true";
  const random = (): string => Buffer.from(context.randomBytes(16)).toString("hex");
  const append = async (name: string, text: string): Promise<void> => {
    const file = variable(context, name);
    if (file !== undefined) await appendFile(file, text);
  };
  return {
    mask: (value) => {
      for (const line of isRunner ? value.split(/[\r\n]+/) : []) {
        if (!MASKED.test(line) || masked.has(line)) continue;
        masked.add(line);
        stdout.write(`::add-mask::${escapeData(line)}\n`);
      }
    },
    print: (text) => {
      if (text === "") return;
      const token = random();
      stdout.write(`::stop-commands::${token}\n${text}${text.endsWith("\n") ? "" : "\n"}::${token}::\n`);
    },
    error: (message) => stdout.write(`::error title=phalanx::${printable(escapeData(message))}\n`),
    setOutput: (name, value) => {
      const delimiter = random();
      return append("GITHUB_OUTPUT", `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
    },
    addSummary: (markdown) => append("GITHUB_STEP_SUMMARY", `${markdown}\n`),
  };
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** Text as a block of Markdown that nothing in it can end. */
export function fenced(text: string): string {
  const longest = largest(text.matchAll(/`+/g), ([ticks]) => ticks.length, 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text.replace(/\n$/, "")}\n${fence}\n`;
}
