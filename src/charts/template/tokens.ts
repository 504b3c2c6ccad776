/** A token of an expression. */
export type Token =
  | { readonly kind: "text" | "number" | "word"; readonly text: string }
  /** `.a.b`, `$`, `$x.a`; `after`: it continues what closes right before it. */
  | { readonly kind: "path"; readonly text: string; readonly after: boolean }
  | { readonly kind: "(" | ")" | "|" | ":=" | "=" | "," };

const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const PATH = /\$?[A-Za-z0-9_]*(?:\.[A-Za-z0-9_]*)*/y;
const NUMBER = /-?[0-9]+(?:\.[0-9]+)?/y;

/** The tokens of an expression; undefined if it contains others. */
export function tokensOf(pipe: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(pipe)?.[0] ?? "";
  };
  while (at < pipe.length) {
    const character = pipe.charAt(at);
    if (/\s/.test(character)) {
      at++;
      continue;
    }
    if (character === '"' || character === "`") {
      const end = endOfText(pipe, at);
      if (end < 0) return undefined;
      const text = pipe.slice(at + 1, end);
      tokens.push({ kind: "text", text: character === '"' ? unescaped(text) : text });
      at = end + 1;
    } else if (character === "." || character === "$") {
      const text = match(PATH);
      tokens.push({ kind: "path", text, after: pipe.charAt(at - 1) === ")" });
      at += text.length;
    } else if (pipe.startsWith(":=", at)) {
      tokens.push({ kind: ":=" });
      at += 2;
    } else if ("()|=,".includes(character)) {
      tokens.push({ kind: character as "(" });
      at++;
    } else {
      const number = match(NUMBER);
      const text = number || match(WORD);
      if (text === "") return undefined;
      tokens.push({ kind: number ? "number" : "word", text });
      at += text.length;
    }
  }
  return tokens;
}

function endOfText(pipe: string, from: number): number {
  const quote = pipe.charAt(from);
  for (let at = from + 1; at < pipe.length; at++) {
    if (quote === '"' && pipe.charAt(at) === "\\") at++;
    else if (pipe.charAt(at) === quote) return at;
  }
  return -1;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, character: string) => ({ n: "\n", t: "\t" })[character] ?? character);
}
