import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Person } from "../model/person.js";
import { fitted } from "../render/fold.js";
import { coloured, type Style, uncoloured } from "../render/style.js";
import { type Context, type OutputStream, variable } from "./context.js";

/** Whether a person is there, wherever the output goes. */
export function personAt(context: Context): Person {
  if (!context.stdin.isTTY || isUnattended(context)) return "absent";
  return context.stderr.isTTY ? "reachable" : "unreachable";
}

/** Whether a person is there who can answer. */
export function isAttended(context: Context): boolean {
  return personAt(context) === "reachable";
}

/** Whether nobody looks, whatever the streams are. */
export function isUnattended(context: Context): boolean {
  return variable(context, "CI") !== undefined;
}

/** Whether the terminal can only write one line after the other. */
export function isPlain(context: Context): boolean {
  return context.env["TERM"] === "dumb";
}

/** Colour on a terminal, unless NO_COLOR or a dumb terminal says otherwise; FORCE_COLOR wins over the terminal. */
export function styleFor(context: Context, stream: OutputStream): Style {
  const forced = variable(context, "FORCE_COLOR");
  const refused = variable(context, "NO_COLOR") !== undefined || isPlain(context) || forced === "0";
  const width = stream.columns || 80;
  return (forced !== undefined || stream.isTTY) && !refused ? coloured(width) : uncoloured(width);
}

/** Prints a report for a person. At a terminal no line of it breaks inside a word; elsewhere each stays whole. */
export function print(stream: OutputStream, text: string): void {
  stream.write(fitted(stream, text));
}

/** Tells a person that there is nothing to tell, beside the output: whoever reads that by program finds it empty. */
export function tellNothing(context: Context, text: string): void {
  if (context.stderr.isTTY && !isUnattended(context)) context.stderr.write(text);
}

/** What to do next, and a command for it that can be pasted. */
export type Hint = readonly [what: string, command: string];

/**
 * What stands at the end of a report for a person: hints, how much it was, and the time that it took.
 *
 * @param since When it began, where that is not the start of the program: time spent at a prompt is not counted.
 */
export function reportFooter(context: Context, hints: readonly Hint[], amount = "", since = 0): string {
  if (!context.stdout.isTTY) return "";
  const { dim } = styleFor(context, context.stdout);
  const lines = hints.map(([what, command]) => `${what}\n  ${command}\n`);
  const took = `took ${((performance.now() - since) / 1000).toFixed(1)} s.`;
  return `${lines.join("")}${dim(amount === "" ? took.replace("t", "T") : `${amount}; ${took}`)}\n`;
}

/** Asks before something that breaks things. Anything but yes is no. */
export async function confirm(context: Context, question: string): Promise<void> {
  const answer = await context.stdin.ask(`\n${question} [y/N] `);
  if (answer !== undefined && /^y(es)?$/i.test(answer.trim())) return;
  throw new PhalanxError(diagnostic("not-confirmed", {}));
}

/** Asks before something that breaks a lot. Anything but the name is no. */
export async function confirmByName(context: Context, name: string): Promise<void> {
  const answer = await context.stdin.ask("\nTo go on, type the name of the environment: ");
  if (answer?.trim() !== name) throw new PhalanxError(diagnostic("not-confirmed", { name }));
}
