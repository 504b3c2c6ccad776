import type { Moment } from "../model/moment.js";
import { PhalanxError } from "../errors.js";
import { parseMoment } from "../model/moment.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Context, notify } from "../terminal/context.js";
import { invalidValue } from "./invalid-value.js";

/**
 * @param names The arguments: a time that was not quoted continues there.
 * @throws PhalanxError if it is not a time.
 */
export function momentOf(option: string, text: string, names: readonly string[]): Moment {
  const [clock, zone] = names;
  const rest = clock !== undefined && /^\d\d:\d\d/.test(clock) ? [clock, ...(zone === "UTC" ? [zone] : [])] : [];
  if (rest.length > 0)
    throw new PhalanxError(diagnostic("option-value-unquoted", { option, given: [text, ...rest].join(" ") }));
  const moment = parseMoment(text);
  if (moment !== undefined) return moment;
  throw invalidValue(option, text, "time");
}

/** Reports which moment that is, unless it was written in full. */
export function explainMoment(
  context: Context,
  {
    option,
    given,
    moment,
    time,
  }: { readonly option: string; readonly given: string; readonly moment: Moment; readonly time: Date },
): void {
  if (moment.kind === "time" && moment.zoned) return;
  const details = { option, given, time: time.toISOString(), zoned: moment.kind === "ago" };
  notify(context, diagnostic("moment-read", details));
}
