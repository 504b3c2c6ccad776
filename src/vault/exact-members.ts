/**
 * The members of a JSON object as their exact source texts. Of several with one name the last one wins, as in
 * `JSON.parse`. A single forward pass, so no nesting is too deep.
 *
 * @param json An object that `JSON.parse` accepts, without leading whitespace.
 */
export function exactMembers(json: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  for (let at = afterSpace(json, 1); json.charCodeAt(at) === QUOTE; ) {
    const endOfName = endOfString(json, at);
    const name = JSON.parse(json.slice(at, endOfName)) as string;
    const start = afterSpace(json, afterSpace(json, endOfName) + 1);
    const end = endOfValue(json, start);
    members.set(name, json.slice(start, end));
    at = afterSpace(json, afterSpace(json, end) + 1);
  }
  return members;
}

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
];

/** Tab, line feed, carriage return and space. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function afterSpace(json: string, from: number): number {
  let at = from;
  while (isSpace(json.charCodeAt(at))) at += 1;
  return at;
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    at = json.indexOf('"', at);
    let backslashes = 0;
    while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
}

function endOfValue(json: string, start: number): number {
  const first = json.charCodeAt(start);
  if (first === QUOTE) return endOfString(json, start);
  return first === OPEN_LIST || first === OPEN_OBJECT ? endOfNested(json, start) : endOfWord(json, start);
}

function endOfNested(json: string, start: number): number {
  let depth = 0;
  for (let at = start; ; at += 1) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at) - 1;
    else if (code === OPEN_LIST || code === OPEN_OBJECT) depth += 1;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
    if (depth === 0) return at + 1;
  }
}

/** A number, `true`, `false` or `null` ends before the next delimiter. */
function endOfWord(json: string, start: number): number {
  for (let at = start; ; at += 1) {
    const code = json.charCodeAt(at);
    if (isSpace(code) || code === COMMA || code === CLOSE_OBJECT) return at;
  }
}
