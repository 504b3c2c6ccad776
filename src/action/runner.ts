import { largest } from "../model/largest.js";
import { appendFile } from "node:fs/promises";
import { type Context, variable } from "../terminal/context.js";
import { printable } from "../render/printable.js";

/** Masking applies to the whole log: short words and lines of prose would blank out parts of a report. */
const MASKED = /^\S{8,}$/;

/** What GitHub's runner takes from a step: commands on stdout, and files that it reads afterwards. */
export interface Runner {
  /** Masks a value, line by line, in everything that the job logs from now on. */
  readonly mask: (value: string) => void;
  /** Prints a command's output so that nothing in it acts as a command to the runner. */
  readonly print: (text: string) => void;
  readonly error: (message: string) => void;
  readonly setOutput: (name: string, value: string) => Promise<void>;
  readonly addSummary: (markdown: string) => Promise<void>;
}

export function openRunner(context: Context): Runner {
  const { stdout } = context;
  const masked = new Set<string>();
  // Anywhere else, the line that says what to mask would itself reveal it.
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

/** Text as a Markdown block that nothing in the text can close. */
export function fenced(text: string): string {
  const longest = largest(text.matchAll(/`+/g), ([ticks]) => ticks.length, 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text.replace(/\n$/, "")}\n${fence}\n`;
}
