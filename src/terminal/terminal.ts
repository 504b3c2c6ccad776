import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Person } from "../model/person.js";
import { fitted } from "../render/fold.js";
import { coloured, type Style, uncoloured } from "../render/style.js";
import { type Context, type OutputStream, variable } from "./context.js";

/** Whether a person is present, wherever the output goes. */
export function personAt(context: Context): Person {
  if (!context.stdin.isTTY || isUnattended(context)) return "absent";
  return context.stderr.isTTY ? "reachable" : "unreachable";
}

/** Whether a person is present who can answer. */
export function isAttended(context: Context): boolean {
  return personAt(context) === "reachable";
}

/** Whether nobody is watching, regardless of the streams. */
export function isUnattended(context: Context): boolean {
  return variable(context, "CI") !== undefined;
}

/** Whether the terminal supports only plain lines. */
export function isPlain(context: Context): boolean {
  return context.env["TERM"] === "dumb";
}

/** Colour on a terminal, unless NO_COLOR or a dumb terminal prevents it; FORCE_COLOR overrides the terminal. */
export function styleFor(context: Context, stream: OutputStream): Style {
  const forced = variable(context, "FORCE_COLOR");
  const refused = variable(context, "NO_COLOR") !== undefined || isPlain(context) || forced === "0";
  const width = stream.columns || 80;
  return (forced !== undefined || stream.isTTY) && !refused ? coloured(width) : uncoloured(width);
}

/** Prints a report for a person. On a terminal no line breaks inside a word; elsewhere lines stay whole. */
export function print(stream: OutputStream, text: string): void {
  stream.write(fitted(stream, text));
}

/** Tells a person, separately from the output, that there is nothing to report: a program sees empty output. */
export function tellNothing(context: Context, text: string): void {
  if (context.stderr.isTTY && !isUnattended(context)) context.stderr.write(text);
}

/** What to do next, and a command to paste for it. */
export type Hint = readonly [what: string, command: string];

/**
 * The end of a report for a person: hints, an amount, and the elapsed time.
 *
 * @param since When it started, if not with the program: time spent at a prompt does not count.
 */
export function reportFooter(context: Context, hints: readonly Hint[], amount = "", since = 0): string {
  if (!context.stdout.isTTY) return "";
  const { dim } = styleFor(context, context.stdout);
  const lines = hints.map(([what, command]) => `${what}\n  ${command}\n`);
  const took = `took ${((performance.now() - since) / 1000).toFixed(1)} s.`;
  return `${lines.join("")}${dim(amount === "" ? took.replace("t", "T") : `${amount}; ${took}`)}\n`;
}

/**
 * Asks before breaking things. Anything but yes is no.
 *
 * @param always Whether no option skips the question.
 */
export async function confirm(context: Context, question: string, always = false): Promise<void> {
  const answer = await context.stdin.ask(`\n${question} [y/N] `);
  if (answer !== undefined && /^y(es)?$/i.test(answer.trim())) return;
  throw new PhalanxError(diagnostic("not-confirmed", { always }));
}

/** Asks before breaking a lot. Anything but the name is no. */
export async function confirmByName(context: Context, name: string): Promise<void> {
  const answer = await context.stdin.ask("\nTo continue, type the name of the environment: ");
  if (answer?.trim() !== name) throw new PhalanxError(diagnostic("not-confirmed", { name }));
}
