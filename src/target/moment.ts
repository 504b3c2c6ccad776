import type { Moment } from "../model/moment.js";
import { parseMoment } from "../model/moment.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Context, notify } from "../terminal/context.js";
import { invalidValue } from "./invalid-value.js";

export function momentOf(option: string, text: string): Moment {
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
