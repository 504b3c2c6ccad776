/**
 * Go regular expressions that a SOPS file may contain, matched along all alternatives at once: for any file, the time
 * is proportional to the length of the name times that of the pattern. JavaScript's own engine may take forever.
 */

/** Nobody writes longer rules. */
const LONGEST = 1000;
const MOST_STEPS = 2000;

interface Step {
  /** Matches one character; absent if the step consumes none. */
  readonly reads?: RegExp;
  /** A condition on the characters before and after. */
  readonly holds?: (before: string, after: string) => boolean;
  readonly next: number[];
}

/** Adds its steps before the given one, and returns the first of them. */
type Part = (next: number) => number;

const GROUP = /\((?:\?:|\?P?<\w+>)?(?!\?)/y;
const REPEAT = /(?:([*+?])|\{(\d{1,4})(,(\d{1,4})?)?\})\??/y;
const CLASS = /\[\^?\]?(?:\\[^]|[^\]\\])*\]/y;
const PLACE = /[\^$]|\\[AzbB]/y;
const ESCAPE = /\\(?:[dDwWsSnrtfv]|[!-/:-@[-`{-~])/y;
const LITERAL = /[^\\()[{}|*+?^$.]/suy;
const BLANK = "\\t\\n\\f\\r ";

const PLACES: Readonly<Record<string, (before: string, after: string) => boolean>> = {
  "^": (before) => before === "",
  "\\A": (before) => before === "",
  $: (_, after) => after === "",
  "\\z": (_, after) => after === "",
  "\\b": (before, after) => isWord(before) !== isWord(after),
  "\\B": (before, after) => isWord(before) === isWord(after),
};

/** Whether a text contains a match; undefined if the pattern is not supported. */
export function parsePattern(text: string): ((name: string) => boolean) | undefined {
  const [, flags = "", pattern = ""] = /^(?:\(\?([is]+)\))?([^]*)$/.exec(text) ?? [];
  if (pattern.length > LONGEST) return undefined;
  const steps: Step[] = [{ next: [] }];
  try {
    const start = build(pattern, flags, steps)(0);
    return (name) => matches(steps, start, name);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @throws SyntaxError if the pattern is not supported, here or in JavaScript. */
function build(pattern: string, flags: string, steps: Step[]): Part {
  let at = 0;
  const take = (expression: RegExp): RegExpExecArray | undefined => {
    expression.lastIndex = at;
    const found = expression.exec(pattern) ?? undefined;
    at += found?.[0].length ?? 0;
    return found;
  };
  const add = (step: Step): number => {
    if (steps.length >= MOST_STEPS) throw new SyntaxError("too large");
    return steps.push(step) - 1;
  };
  const reading = (text: string): Part => {
    const reads = new RegExp(`^${text}$`, `u${flags.includes("i") ? "i" : ""}`);
    return (next) => add({ reads, next: [next] });
  };
  const atom = (): Part => {
    if (take(GROUP)) {
      const inner = alternatives();
      if (pattern[at++] !== ")") throw new SyntaxError("not closed");
      return inner;
    }
    const holds = PLACES[take(PLACE)?.[0] ?? ""];
    if (holds) return (next) => add({ holds, next: [next] });
    if (pattern[at] === ".") {
      at += 1;
      return reading(flags.includes("s") ? "[^]" : "[^\\n]");
    }
    const text = take(CLASS)?.[0] ?? take(ESCAPE)?.[0];
    if (text !== undefined) return reading(text.startsWith("[") ? classText(text) : `[${memberText(text)}]`);
    const literal = take(LITERAL)?.[0];
    if (literal === undefined) throw new SyntaxError("not understood");
    return reading(`\\u{${literal.codePointAt(0)?.toString(16)}}`);
  };
  const repeated = (): Part => {
    const part = atom();
    const found = take(REPEAT);
    if (found === undefined) return part;
    const [, sign, least = "0", comma, most] = found;
    const min = sign === undefined ? Number(least) : Number(sign === "+");
    const max =
      sign === undefined ? (comma === undefined ? min : Number(most ?? Infinity)) : sign === "?" ? 1 : Infinity;
    return (next) => repeat(part, min, max, next);
  };
  const repeat = (part: Part, min: number, max: number, next: number): number => {
    let start = next;
    if (max === Infinity) {
      start = add({ next: [next] });
      steps[start]?.next.push(part(start));
    } else for (let i = min; i < max; i++) start = add({ next: [part(start), next] });
    for (let i = 0; i < min; i++) start = part(start);
    return start;
  };
  const sequence = (): Part => {
    const parts: Part[] = [];
    while (at < pattern.length && pattern[at] !== "|" && pattern[at] !== ")") parts.push(repeated());
    return (next) => parts.reduceRight((after, part) => part(after), next);
  };
  const alternatives = (): Part => {
    const list = [sequence()];
    for (; pattern[at] === "|"; list.push(sequence())) at += 1;
    return (next) => add({ next: list.map((part) => part(next)) });
  };
  const whole = alternatives();
  if (at < pattern.length) throw new SyntaxError("closed too often");
  return whole;
}

/** A character class in JavaScript syntax. */
function classText(text: string): string {
  if (text.includes("[:")) throw new SyntaxError("a class by name");
  const [, opening = "", members = ""] = /^(\[\^?)([^]*)\]$/.exec(text) ?? [];
  const first = members.startsWith("]") ? "\\" : "";
  return `${opening}${first}${members.replaceAll(/\\[^]/g, memberText)}]`;
}

function memberText(escape: string): string {
  if (escape === "\\s") return BLANK;
  if (escape === "\\S") throw new SyntaxError("not written like this in JavaScript");
  return /^\\[\w\\\]^-]$/.test(escape) && escape !== "\\_" ? escape : `\\u{${escape.codePointAt(1)?.toString(16)}}`;
}

function isWord(character: string): boolean {
  return /^\w$/.test(character);
}

function matches(steps: readonly Step[], start: number, name: string): boolean {
  const characters = Array.from(name);
  let current = new Set<number>();
  for (let i = 0; ; i++) {
    const [before = "", after = ""] = [characters[i - 1], characters[i]];
    current.add(start);
    // Grows during iteration.
    for (const index of current) {
      const step = steps[index];
      if (step && !step.reads && (step.holds?.(before, after) ?? true)) for (const next of step.next) current.add(next);
    }
    if (current.has(0)) return true;
    if (i === characters.length) return false;
    const read = [...current].flatMap((index) => (steps[index]?.reads?.test(after) ? (steps[index]?.next ?? []) : []));
    current = new Set(read);
  }
}
