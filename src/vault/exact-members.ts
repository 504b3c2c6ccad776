/**
 * The members of a JSON object as the very texts that they are written as. Of several with one name the last counts, as
 * for `JSON.parse`. Goes forward through the text only, so nothing in it is too deep.
 *
 * @param json An object that `JSON.parse` has read, without white space before it.
 */
export function exactMembers(json: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  for (let at = afterSpace(json, 1); json[at] === '"'; ) {
    const endOfName = endOfString(json, at);
    const name = JSON.parse(json.slice(at, endOfName)) as string;
    const start = afterSpace(json, afterSpace(json, endOfName) + 1);
    const end = endOfValue(json, start);
    members.set(name, json.slice(start, end));
    at = afterSpace(json, afterSpace(json, end) + 1);
  }
  return members;
}

function afterSpace(json: string, from: number): number {
  let at = from;
  while (/[ \t\r\n]/.test(json[at] ?? "")) at += 1;
  return at;
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    at = json.indexOf('"', at);
    let backslashes = 0;
    while (json[at - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
}

function endOfValue(json: string, start: number): number {
  let depth = 0;
  for (let at = start; ; at += 1) {
    const character = json[at] ?? "";
    if (character === '"') at = endOfString(json, at) - 1;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    else if (!/[ \t\r\n,]/.test(character) || depth > 0) continue;
    // A number or word ends before what follows it, everything else with its last character.
    if (depth === 0 && /["\]}]/.test(character)) return at + 1;
    if (depth < 0 || (depth === 0 && /[ \t\r\n,]/.test(character))) return at;
  }
}
