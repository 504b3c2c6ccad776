/** What stands behind a key in HCL. */
export type HclValue =
  | { readonly kind: "object"; readonly items: readonly HclItem[] }
  | { readonly kind: "list"; readonly items: readonly HclValue[] }
  | { readonly kind: "literal"; readonly text: string };

export interface HclItem {
  readonly keys: readonly string[];
  readonly value: HclValue;
  readonly line: number;
}

type TokenKind = "IDENT" | "STRING" | "NUMBER" | "ASSIGN" | "LBRACE" | "RBRACE" | "LBRACK" | "RBRACK" | "COMMA" | "EOF";

interface Lexeme {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
}

const PUNCTUATION: Readonly<Record<string, TokenKind>> = {
  "=": "ASSIGN",
  "{": "LBRACE",
  "}": "RBRACE",
  "[": "LBRACK",
  "]": "RBRACK",
  ",": "COMMA",
};

const PIECES: readonly (readonly [TokenKind | "SKIP", RegExp])[] = [
  ["SKIP", /(?:\s|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)+/y],
  ["STRING", /"(?:[^"\\\n]|\\.)*"/y],
  ["NUMBER", /-?\d+(?:\.\d+)?/y],
  ["IDENT", /[A-Za-z_][\w.-]*/y],
];

function position(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

function syntaxError(source: string, offset: number, reason: string): Error {
  const { line, column } = position(source, offset);
  return new Error(`At ${line}:${column}: ${reason}`);
}

function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char === "t" ? "\t" : char));
}

function lex(source: string): Lexeme[] {
  const lexemes: Lexeme[] = [];
  let offset = 0;
  scan: while (offset < source.length) {
    const mark = PUNCTUATION[source.charAt(offset)];
    if (mark !== undefined) {
      lexemes.push({ kind: mark, text: source.charAt(offset), offset });
      offset += 1;
      continue;
    }
    for (const [kind, pattern] of PIECES) {
      pattern.lastIndex = offset;
      const text = pattern.exec(source)?.[0];
      if (text !== undefined) {
        if (kind !== "SKIP") {
          lexemes.push({ kind, text: kind === "STRING" ? unquote(text) : text, offset });
        }
        offset += text.length;
        continue scan;
      }
    }
    if (source.startsWith("/*", offset)) {
      throw syntaxError(source, source.length - 1, "comment not terminated");
    }
    throw syntaxError(source, offset, source.charAt(offset) === '"' ? "literal not terminated" : "illegal char");
  }
  lexemes.push({ kind: "EOF", text: "", offset: offset + 1 });
  return lexemes;
}

/** Parses the part of HCL that policies are written in: blocks, assignments, lists, literals, comments. */
export function parseHcl(source: string): HclItem[] {
  const lexemes = lex(source);
  let next = 0;
  const peek = (): Lexeme => lexemes[next] ?? { kind: "EOF", text: "", offset: source.length };
  const take = (): Lexeme => {
    const lexeme = peek();
    next += 1;
    return lexeme;
  };
  const fail = (at: Lexeme, reason: string) => syntaxError(source, at.offset, reason);

  function list(): HclValue {
    const items: HclValue[] = [];
    for (;;) {
      const item = take();
      if (item.kind === "RBRACK") {
        return { kind: "list", items };
      }
      if (item.kind !== "STRING" && item.kind !== "NUMBER" && item.kind !== "LBRACK" && item.kind !== "LBRACE") {
        throw fail(item, `unexpected token while parsing list: ${item.kind}`);
      }
      items.push(value(item));
      const separator = peek();
      if (separator.kind === "COMMA") {
        take();
      } else if (separator.kind !== "RBRACK") {
        throw fail(separator, `error parsing list, expected comma or list end, got: ${separator.kind}`);
      }
    }
  }

  function value(first: Lexeme): HclValue {
    if (first.kind === "LBRACE") {
      return { kind: "object", items: items("RBRACE") };
    }
    if (first.kind === "LBRACK") {
      return list();
    }
    if (first.kind === "STRING" || first.kind === "NUMBER" || first.kind === "IDENT") {
      return { kind: "literal", text: first.text };
    }
    throw fail(first, "Unknown token");
  }

  function items(end: TokenKind): HclItem[] {
    const found: HclItem[] = [];
    for (;;) {
      const first = peek();
      if (first.kind === end) {
        take();
        return found;
      }
      if (first.kind === "EOF") {
        throw fail(first, "object expected closing RBRACE got: EOF");
      }
      found.push(item());
      if (peek().kind === "COMMA") {
        take();
      }
    }
  }

  function item(): HclItem {
    const { line } = position(source, peek().offset);
    const keys: string[] = [];
    for (;;) {
      const lexeme = take();
      if (lexeme.kind === "IDENT" || lexeme.kind === "STRING") {
        keys.push(lexeme.text);
      } else if (keys.length > 0 && lexeme.kind === "LBRACE") {
        return { keys, value: value(lexeme), line };
      } else if (keys.length > 0 && lexeme.kind === "ASSIGN") {
        return { keys, value: value(take()), line };
      } else {
        throw fail(lexeme, `expected: IDENT | STRING | ASSIGN | LBRACE got: ${lexeme.kind}`);
      }
    }
  }

  return items("EOF");
}
