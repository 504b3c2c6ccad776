import fc from "fast-check";

/** Texts with a special meaning in YAML, JavaScript or a terminal, for use in unexpected places. */
export const HOSTILE_TEXT: readonly string[] = [
  "\0",
  "\uFEFF",
  "\r\n",
  "\r",
  "\t",
  "\x85",
  "\u2028",
  "\uD800",
  "\uDC00",
  "\u001b[2J",
  "\u202E",
  "&a ",
  "*a",
  "&a [*a]",
  "<<: ",
  "<<: *a\n",
  "<<: [*a, *a]\n",
  "<<: {<<: {<<: {a: 1}}}\n",
  "? ",
  "? {a: b}\n: c\n",
  ": ",
  "- ",
  "!!python/object:os.system x",
  "!!binary //8=",
  "!!timestamp x",
  "!<tag:yaml.org,2002:int> x",
  "%TAG ! tag:yaml.org,2002:\n---\n",
  "%YAML 9.9\n---\n",
  "---\n",
  "...\n",
  "__proto__: {polluted: true}\n",
  "constructor: {prototype: {polluted: true}}\n",
  "toString: x\n",
  '"\\x00\\uD800\\UFFFFFFFF"',
  "|1\n",
  ">+9\n",
  "{",
  "}",
  "[",
  "]",
  "'",
  '"',
  "#",
  "0o777",
  "1e999",
  "190:20:30",
  ".nan",
  "2026-13-45",
  "~",
  "../",
  "%2e%2e%2f",
  "${",
  "{{ .Values.x }}",
  "[".repeat(300),
  "{a: ".repeat(300),
  "- ".repeat(300),
  "a:\n ".repeat(50),
];

/** A change to a text: an insertion, deletion or duplication at a position. */
export interface TextChange {
  readonly what: "insert" | "cut" | "double";
  /** As a fraction of the text. */
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

const textChange: fc.Arbitrary<TextChange> = fc.record({
  what: fc.constantFrom("insert", "insert", "insert", "cut", "double"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  text: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...HOSTILE_TEXT) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  ),
});

export const textChanges: fc.Arbitrary<readonly TextChange[]> = fc.array(textChange, { minLength: 1, maxLength: 4 });

export function changeText(original: string, changes: readonly TextChange[]): string {
  return changes.reduce((text, { what, at, length, text: inserted }) => {
    const start = Math.floor(at * text.length);
    const piece = text.slice(start, start + length);
    const middle = { insert: inserted + piece, cut: "", double: piece + piece }[what];
    return text.slice(0, start) + middle + text.slice(start + length);
  }, original);
}

/** Names that lead elsewhere, are invalid, or mean something else to other programs. */
export const HOSTILE_NAMES: readonly string[] = [
  "..",
  ".",
  "../x",
  "a/../../b",
  "/",
  "/etc/passwd",
  "%2e%2e",
  "%2e%2e%2fx",
  "a%00b",
  "a b",
  "a?version=1",
  "a#b",
  "a\\..\\b",
  "ключ",
  "名前",
  "😀",
  "é\u0301",
  "\u202Eevil",
  "\u001b[31mred",
  "a\nb",
  "__proto__",
  "constructor",
  "toString",
  "pull-secret",
  "-rf",
  "--help",
  "n".repeat(255),
  "\uD800",
  "CON",
  "~",
  "null",
];

/** Names, many of them hostile. */
export const names: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE_NAMES) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom("app", "other", "a.b-c_d") },
);

/** JSON is YAML, except for these characters, which YAML requires to be escaped. */
export function yamlOf(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
