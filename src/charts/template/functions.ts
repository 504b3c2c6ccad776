import type { YamlMapping, YamlValue } from "../../yaml/kind.js";
import { isMapping, setKey } from "../../yaml/kind.js";
import { fieldOf, MARK, textOf, truthOf, UNTOLD, type Value, yamlOf } from "./value.js";

type Function = (...values: Value[]) => Value;

const MAX_LENGTH = 100_000;

/** A function of strings; an unknown argument makes the result unknown. */
function ofTexts(compute: (...texts: string[]) => Value): Function {
  return (...values) => (values.includes(UNTOLD) ? UNTOLD : compute(...values.map(textOf)));
}

function ofKnown(compute: Function): Function {
  return (...values) => (values.includes(UNTOLD) ? UNTOLD : compute(...values));
}

/** The functions of Go, Sprig and Helm that build names and paths; the results of all others are unknown. */
export const FUNCTIONS: Readonly<Record<string, Function>> = {
  and: (...values) => firstWhere(values, false),
  or: (...values) => firstWhere(values, true),
  not: (value) => inverse(truthOf(value)),
  eq: ofKnown((first, ...others) => others.some((other) => textOf(other) === textOf(first))),
  ne: ofKnown((a, b) => textOf(a) !== textOf(b)),
  empty: (value) => inverse(truthOf(value)),
  default: (fallback, value) => {
    const truth = truthOf(value);
    return truth === undefined ? UNTOLD : truth ? value : fallback;
  },
  coalesce: (...values) => firstWhere(values, true),
  ternary: (yes, no, test) => {
    const truth = truthOf(test);
    return truth === undefined ? UNTOLD : truth ? yes : no;
  },
  required: (_message, value) => value,
  quote: (...values) => values.map((value) => JSON.stringify(textOf(value))).join(" "),
  squote: (...values) => values.map((value) => `'${textOf(value).replaceAll("'", "''")}'`).join(" "),
  toString: (value?: Value) => (value === UNTOLD ? UNTOLD : textOf(value)),
  print: (...values) => values.map(textOf).join(""),
  printf: (format, ...values) => (format === UNTOLD ? UNTOLD : formatted(textOf(format), values)),
  lower: ofTexts((text) => text.toLowerCase()),
  upper: ofTexts((text) => text.toUpperCase()),
  trim: ofTexts((text) => text.trim()),
  trunc: ofTexts((size, text = "") => (Number(size) < 0 ? text.slice(Number(size)) : text.slice(0, Number(size)))),
  trimSuffix: ofTexts((end, text = "") => (end !== "" && text.endsWith(end) ? text.slice(0, -end.length) : text)),
  trimPrefix: ofTexts((start, text = "") => (text.startsWith(start) ? text.slice(start.length) : text)),
  contains: ofTexts((part, text = "") => text.includes(part)),
  hasPrefix: ofTexts((start, text = "") => text.startsWith(start)),
  hasSuffix: ofTexts((end, text = "") => text.endsWith(end)),
  replace: ofTexts((old, by = "", text = "") => bounded(old === "" ? text : text.split(old).join(by))),
  indent: (size, text) => (text === UNTOLD ? UNTOLD : indented(textOf(text), Number(textOf(size)))),
  nindent: (size, text) => (text === UNTOLD ? UNTOLD : `\n${indented(textOf(text), Number(textOf(size)))}`),
  toYaml: (value) => (value === UNTOLD ? UNTOLD : bounded(yamlOf(value))),
  toJson: (value) => (value === UNTOLD ? UNTOLD : bounded(JSON.stringify(value ?? null, plainly))),
  split: ofTexts((by, text = "") => numbered(text.split(by))),
  splitn: ofTexts((by, count = "", text = "") => {
    const parts = text.split(by);
    const size = Math.max(1, Number(count) || 1);
    return numbered([...parts.slice(0, size - 1), parts.slice(size - 1).join(by)]);
  }),
  splitList: ofTexts((by, text = "") => text.split(by)),
  join: (by, value) => {
    const items = itemsOf(value);
    return items === undefined || by === UNTOLD ? UNTOLD : bounded(items.map(textOf).join(textOf(by)));
  },
  first: (value) => itemsOf(value)?.[0],
  last: (value) => itemsOf(value)?.at(-1),
  rest: (value) => itemsOf(value)?.slice(1) ?? UNTOLD,
  has: (item, value) => {
    const items = itemsOf(value);
    return items === undefined || item === UNTOLD ? UNTOLD : items.some((each) => textOf(each) === textOf(item));
  },
  len: (value) => (typeof value === "string" ? value.length : (itemsOf(value)?.length ?? UNTOLD)),
  gt: ofKnown((a, b) => Number(a) > Number(b)),
  lt: ofKnown((a, b) => Number(a) < Number(b)),
  add: ofKnown((...values) => values.reduce<number>((sum, value) => sum + Number(value), 0)),
  int64: ofTexts((text) => Math.trunc(Number(text)) || 0),
  int: ofTexts((text) => Math.trunc(Number(text)) || 0),
  list: (...values) => (values.includes(UNTOLD) ? UNTOLD : (values as YamlValue[])),
  dict: (...values) => {
    const made: YamlMapping = {};
    for (let i = 0; i < values.length; i += 2) {
      const value = values[i + 1];
      if (value === UNTOLD || values[i] === UNTOLD) return UNTOLD;
      setKey(made, textOf(values[i]), value ?? null);
    }
    return made;
  },
  index: (value, ...path) => path.reduce((found: Value, step) => itemOf(found, step), value),
  get: (value, key) => (key === UNTOLD ? UNTOLD : fieldOf(value, textOf(key))),
  hasKey: (value, key) =>
    value === UNTOLD || key === UNTOLD ? UNTOLD : isMapping(value) && Object.hasOwn(value, textOf(key)),
  // Nothing is known about the cluster.
  lookup: () => ({}),
};

/** Sprig names parts `_0`, `_1`, and so on. */
function numbered(parts: readonly string[]): YamlMapping {
  return Object.fromEntries(parts.map((part, i) => [`_${i}`, part]));
}

/** Undefined if it is not a list. */
function itemsOf(value: Value): YamlValue[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function inverse(truth: boolean | undefined): Value {
  return truth === undefined ? UNTOLD : !truth;
}

function firstWhere(values: readonly Value[], wanted: boolean): Value {
  for (const value of values) {
    const truth = truthOf(value);
    if (truth === undefined) return UNTOLD;
    if (truth === wanted) return value;
  }
  return values.at(-1);
}

function itemOf(value: Value, step: Value): Value {
  if (step === UNTOLD) return UNTOLD;
  return Array.isArray(value) ? value[Number(step)] : fieldOf(value, textOf(step));
}

function formatted(format: string, values: readonly Value[]): string {
  let next = 0;
  return bounded(
    format.replaceAll(/%[sdvq%]/g, (verb) => {
      if (verb === "%%") return "%";
      const text = textOf(values[next++]);
      return verb === "%q" ? JSON.stringify(text) : text;
    }),
  );
}

function indented(text: string, size: number): string {
  const space = " ".repeat(size > 0 && size <= 100 ? size : 0);
  return bounded(text.replaceAll(/^/gm, space));
}

function bounded(text: string): string {
  return text.length > MAX_LENGTH ? MARK : text;
}

function plainly(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
