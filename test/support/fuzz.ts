import fc from "fast-check";
import { FULL } from "./size.js";

/** The long form tries many times as many inputs, different ones each time, and reports their number. */
const FACTOR = 40;

/** Parameters of a property; in the default run the inputs are always the same, so that it never fails by chance. */
export function fuzz(runs: number): {
  readonly numRuns: number;
  readonly endOnFailure: boolean;
  readonly seed?: number;
} {
  return { numRuns: FULL ? runs * FACTOR : runs, endOnFailure: true, ...(FULL ? {} : { seed: 8 }) };
}

/** Few in the default run, all in the long form. */
export function chosen<T>(few: T, all: T): T {
  return FULL ? all : few;
}

/** A property's timeout, from its time in the default run. */
export function patience(milliseconds: number): number {
  return FULL ? milliseconds * FACTOR : milliseconds;
}

/** Counts inputs; in the long form `report` prints the number. */
export function counter(what: string): { readonly count: () => void; readonly report: () => void } {
  let inputs = 0;
  return {
    count: () => void (inputs += 1),
    report: () => void (FULL && process.stdout.write(`${what}: ${inputs} inputs tried\n`)),
  };
}

/** JSON texts that may trip up code expecting something else. */
export const HOSTILE_JSON: readonly string[] = [
  "null",
  "true",
  "0",
  "-1",
  "1.5",
  "1e400",
  "12345678901234567890",
  '""',
  '"x"',
  '".."',
  '"../../sys/seal"',
  '"a/../../b"',
  '"%2e%2e/%2e%2e/x"',
  '"a/b"',
  '"/"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u001b[2J\\u202e"',
  '"2026-99-99T99:99:99Z"',
  `"${"n".repeat(255)}"`,
  "LONG-TEXT",
  "[]",
  "[null]",
  '["", ".", "..", "a/../b", "%2e%2e", "\\ud800", "\\u0000", 5, null, "constructor", "__proto__"]',
  "{}",
  '{"__proto__": {"version": 1}, "constructor": null, "toString": 1}',
  '{"a": 1, "a": 2}',
  '{"1": null, "x": 5, "-1": {}, "1e3": {"created_time": 7}}',
  "DEEP-LIST",
  "DEEP-OBJECT",
];

/** Too long to read in a failure report. */
const LONG: ReadonlyMap<string, string> = new Map([
  ["LONG-TEXT", `"${"v".repeat(100_000)}"`],
  ["DEEP-LIST", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
  ["DEEP-OBJECT", `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`],
]);

export interface JsonChange {
  readonly what: "value" | "key" | "member" | "cut" | "append" | "whole";
  /** The index of the node, modulo the number of nodes. */
  readonly node: number;
  readonly json: string;
}

export const jsonChanges: fc.Arbitrary<JsonChange> = fc.record({
  what: fc.oneof(
    { weight: 8, arbitrary: fc.constant("value" as const) },
    { weight: 2, arbitrary: fc.constantFrom("key" as const, "member" as const) },
    { weight: 1, arbitrary: fc.constantFrom("cut" as const, "append" as const, "whole" as const) },
  ),
  node: fc.nat(60),
  json: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...HOSTILE_JSON) },
    { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)) },
  ),
});

const MARK = "fuzz-mark-7f3a";

/** Applies a change to a JSON text, as text: the replacement need not be representable in JavaScript. */
export function changeJson(text: string, { what, node, json: short }: JsonChange): string {
  const json = LONG.get(short) ?? short;
  if (what === "whole" || text === "") return json;
  if (what === "cut") return text.slice(0, node % (text.length + 1));
  if (what === "append") return text + json;
  const root = { "": JSON.parse(text) as unknown };
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
  const visit = (holder: Record<string, unknown>, key: string): void => {
    places.push({ holder, key });
    const value = holder[key];
    if (typeof value === "object" && value !== null)
      for (const inner of Object.keys(value)) visit(value as Record<string, unknown>, inner);
  };
  visit(root, "");
  const { holder, key } = places[node % places.length] as (typeof places)[number];
  const value = holder[key];
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (what === "value" || !isObject) holder[key] = MARK;
  else if (what === "member") (value as Record<string, unknown>)["extra"] = MARK;
  else holder[key] = Object.fromEntries(Object.entries(value).map(([name, each], i) => [i === 0 ? MARK : name, each]));
  const isKey = what === "key" && isObject;
  return JSON.stringify(root[""]).replace(`"${MARK}"`, () => (isKey && !json.startsWith('"') ? '"x"' : json));
}
