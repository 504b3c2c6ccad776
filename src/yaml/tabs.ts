import { EVENT_ID, type Event, SCALAR_STYLE } from "js-yaml";
import { opaqueRanges } from "./comments.js";
import { failAt, type Source } from "./position.js";

const MESSAGE = "a tab outside of quotes, block scalars and comments";

/** Refuses tabs where PyYAML does: js-yaml takes them for spaces in many places. */
export function refuseTabs(source: Source, events: readonly Event[]): void {
  if (!source.text.includes("\t")) return;
  let from = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) continue;
    if (event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN) {
      const tab = source.text.slice(Math.max(event.valueStart, 0), event.valueEnd).indexOf("\t");
      if (event.valueStart >= 0 && tab >= 0) failAt(source, event.valueStart + tab, MESSAGE);
    }
    for (const [start, end] of opaqueRanges(event)) {
      refuseTabsBetween(source, from, start);
      from = Math.max(from, end);
    }
  }
  refuseTabsBetween(source, from, source.text.length);
}

function refuseTabsBetween(source: Source, from: number, to: number): void {
  for (let index = from; index < to; index++) {
    const character = source.text.charAt(index);
    if (character === "\t") failAt(source, index, MESSAGE);
    if (character !== "#") continue;
    while (index < to && !/[\r\n]/.test(source.text.charAt(index))) index++;
  }
}
