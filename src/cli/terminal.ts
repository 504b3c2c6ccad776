import { PhalanxError } from "../errors.js";
import { coloured, PLAIN, type Style } from "../render/style.js";
import { type Context, type OutputStream, variable } from "./context.js";

/** Whether a person sits before the program and can answer. */
export function isInteractive(context: Context): boolean {
  return context.stdin.isTTY && context.stdout.isTTY && variable(context, "CI") === undefined;
}

/** Colour on a terminal, unless NO_COLOR or a dumb terminal says otherwise; FORCE_COLOR wins over the terminal. */
export function styleFor(context: Context, stream: OutputStream): Style {
  const forced = variable(context, "FORCE_COLOR") !== undefined && context.env["FORCE_COLOR"] !== "0";
  const refused = variable(context, "NO_COLOR") !== undefined || context.env["TERM"] === "dumb";
  const width = stream.columns || 80;
  return (forced || stream.isTTY) && !refused
    ? coloured(width)
    : { ...PLAIN, width: Math.min(Math.max(width, 60), 120) };
}

/** Asks before something that breaks things. Anything but yes is no. */
export async function confirm(context: Context, question: string): Promise<void> {
  const answer = await context.stdin.ask(`\n${question} [y/N] `);
  if (answer !== undefined && /^y(es)?$/i.test(answer.trim())) return;
  throw new PhalanxError("Not confirmed: nothing was written", { hint: "Answer yes, or give --yes." });
}
