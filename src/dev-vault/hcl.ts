export type HclValue = string | readonly HclValue[] | HclBlock;

export interface HclBlock {
  readonly items: readonly HclItem[];
}

export interface HclItem {
  readonly keys: readonly string[];
  readonly value: HclValue;
  readonly line: number;
}

export function isBlock(value: HclValue): value is HclBlock {
  return typeof value === "object" && "items" in value;
}

interface Lexeme {
  readonly kind: string;
  readonly text: string;
  readonly offset: number;
}

// In JSON, which is also valid HCL, a colon assigns.
const MARKS = new Map([
  ["=", "ASSIGN"],
  [":", "ASSIGN"],
  ["{", "LBRACE"],
  ["}", "RBRACE"],
  ["[", "LBRACK"],
  ["]", "RBRACK"],
  [",", "COMMA"],
]);
const SPACE = /(?:\s|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)+/y;
const LEXEME =
  /"(?<STRING>(?:[^"\\\n]|\\.)*)"|(?<NUMBER>-?\d+(?:\.\d+)?)|(?<IDENT>[A-Za-z_][\w.-]*)|(?<MARK>[=:{}[\],])/y;

function position(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

function syntaxError(source: string, offset: number, reason: string): Error {
  const { line, column } = position(source, offset);
  return new Error(`At ${line}:${column}: ${reason}`);
}

function unquote(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char === "t" ? "\t" : char));
}

function lex(source: string): Lexeme[] {
  const lexemes: Lexeme[] = [];
  for (let offset = 0; ; ) {
    SPACE.lastIndex = offset;
    offset += SPACE.exec(source)?.[0].length ?? 0;
    if (offset >= source.length) return [...lexemes, { kind: "EOF", text: "", offset: source.length + 1 }];
    LEXEME.lastIndex = offset;
    const match = LEXEME.exec(source);
    if (match === null) {
      throw syntaxError(source, offset, source[offset] === '"' ? "literal not terminated" : "illegal char");
    }
    const [kind = "", text = ""] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [];
    lexemes.push({ kind: kind === "MARK" ? (MARKS.get(text) ?? kind) : kind, text: unquote(text), offset });
    offset += match[0].length;
  }
}

/** Parses the subset of HCL used in policies: blocks, assignments, lists, literals, comments. */
export function parseHcl(source: string): HclItem[] {
  const lexemes = lex(source);
  const end: Lexeme = { kind: "EOF", text: "", offset: source.length };
  let next = 0;
  const peek = (): Lexeme => lexemes[next] ?? end;
  const take = (): Lexeme => lexemes[next++] ?? end;
  const fail = (at: Lexeme, reason: string) => syntaxError(source, at.offset, reason);

  function list(): HclValue[] {
    const values: HclValue[] = [];
    for (;;) {
      const first = take();
      if (first.kind === "RBRACK") return values;
      if (!["STRING", "NUMBER", "LBRACK", "LBRACE"].includes(first.kind)) {
        throw fail(first, `unexpected token while parsing list: ${first.kind}`);
      }
      values.push(value(first));
      const separator = peek();
      if (separator.kind === "COMMA") take();
      else if (separator.kind !== "RBRACK") {
        throw fail(separator, `error parsing list, expected comma or list end, got: ${separator.kind}`);
      }
    }
  }

  function value(first: Lexeme): HclValue {
    if (first.kind === "LBRACE") return { items: items("RBRACE") };
    if (first.kind === "LBRACK") return list();
    if (["STRING", "NUMBER", "IDENT"].includes(first.kind)) return first.text;
    throw fail(first, "Unknown token");
  }

  function items(last: string): HclItem[] {
    const found: HclItem[] = [];
    while (peek().kind !== last) {
      if (peek().kind === "EOF") throw fail(peek(), "object expected closing RBRACE got: EOF");
      found.push(item());
      if (peek().kind === "COMMA") take();
    }
    take();
    return found;
  }

  function item(): HclItem {
    const { line } = position(source, peek().offset);
    const keys: string[] = [];
    for (;;) {
      const lexeme = take();
      if (lexeme.kind === "IDENT" || lexeme.kind === "STRING") keys.push(lexeme.text);
      else if (keys.length > 0 && lexeme.kind === "LBRACE") return { keys, value: value(lexeme), line };
      else if (keys.length > 0 && lexeme.kind === "ASSIGN") return { keys, value: value(take()), line };
      else throw fail(lexeme, `expected: IDENT | STRING | ASSIGN | LBRACE got: ${lexeme.kind}`);
    }
  }

  return items("EOF");
}
