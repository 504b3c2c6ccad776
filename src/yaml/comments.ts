import { EVENT_ID } from "js-yaml";
import { opaqueRanges, type ParsedEvents } from "./events.js";
import { type Position, positionAt } from "./position.js";

/** A comment, from its `#` to the end of its line. */
export interface YamlComment extends Position {
  readonly text: string;
}

const END = /[\r\n]/g;

/** The comments of a document; a `#` inside a text does not count. */
export function findComments({ source, events }: ParsedEvents): YamlComment[] {
  const { text } = source;
  const found: YamlComment[] = [];
  const lookBetween = (from: number, to: number): void => {
    for (let index = text.indexOf("#", from); index >= 0 && index < to; index = text.indexOf("#", index)) {
      END.lastIndex = index;
      const end = END.exec(text)?.index ?? text.length;
      found.push({ ...positionAt(source, index), text: text.slice(index, end) });
      index = end;
    }
  };
  let from = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) continue;
    for (const [start, end] of opaqueRanges(event)) {
      lookBetween(from, start);
      from = Math.max(from, end);
    }
  }
  lookBetween(from, text.length);
  return found;
}
