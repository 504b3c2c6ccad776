/** A part of a Helm template. */
export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  /** `alone`: there is nothing else on its line. */
  | { readonly kind: "action"; readonly pipe: string; readonly alone: boolean }
  | {
      readonly kind: "if" | "with" | "range";
      readonly pipe: string;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    };

/** A template, and the named templates it defines. */
export interface ParsedTemplate {
  readonly nodes: readonly TemplateNode[];
  readonly defines: ReadonlyMap<string, readonly TemplateNode[]>;
}

const MAX_DEPTH = 60;

interface Frame {
  readonly kind: "top" | "if" | "with" | "range" | "define";
  readonly pipe: string;
  readonly body: TemplateNode[];
  readonly otherwise: TemplateNode[];
  /** Where the next node goes. */
  current: TemplateNode[];
  /** Whether an `else if` opened it, so that it ends with the enclosing one. */
  readonly chained: boolean;
}

/** Parses a Helm template; undefined if it is invalid. */
export function parseTemplateText(text: string): ParsedTemplate | undefined {
  const defines = new Map<string, readonly TemplateNode[]>();
  const stack: Frame[] = [frameOf("top", "")];
  let rest = 0;
  let trimNext = false;
  const addText = (until: number, trimEnd: boolean): void => {
    let piece = text.slice(rest, until);
    if (trimNext) piece = piece.trimStart();
    if (trimEnd) piece = piece.trimEnd();
    if (piece !== "") stack.at(-1)?.current.push({ kind: "text", text: piece });
  };
  for (let at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", rest)) {
    const isComment = /^\{\{-? *\/\*/.test(text.slice(at, at + 40));
    const end = isComment ? endOfComment(text, at) : endOfAction(text, at + 2);
    if (end < 0) return undefined;
    const inner = text.slice(at + 2, end);
    const [trimBefore, trimAfter] = [/^-\s/.test(inner), /\s-$/.test(inner)];
    const action = inner.slice(trimBefore ? 1 : 0, trimAfter ? -1 : undefined).trim();
    addText(at, trimBefore);
    rest = end + 2;
    trimNext = trimAfter;
    if (!isComment && !take(stack, action, defines, isAlone(text, at, rest))) return undefined;
    if (stack.length > MAX_DEPTH) return undefined;
  }
  addText(text.length, false);
  const [top] = stack;
  return stack.length === 1 && top ? { nodes: top.body, defines } : undefined;
}

function frameOf(kind: Frame["kind"], pipe: string, chained = false): Frame {
  const body: TemplateNode[] = [];
  return { kind, pipe, body, otherwise: [], current: body, chained };
}

/** Returns whether the action was understood in its context. */
function take(stack: Frame[], action: string, defines: Map<string, readonly TemplateNode[]>, alone: boolean): boolean {
  const [word = ""] = /^[a-z]+/.exec(action) ?? [];
  const pipe = action.slice(word.length).trim();
  const top = stack.at(-1);
  if (top === undefined) return false;
  switch (word) {
    case "if":
    case "with":
    case "range":
      stack.push(frameOf(word, pipe));
      return true;
    case "define":
    case "block":
      stack.push(frameOf("define", pipe));
      return true;
    case "else": {
      if (top.kind === "top" || top.kind === "define") return false;
      top.current = top.otherwise;
      const chain = /^(if|with)\s/.exec(pipe);
      if (chain) stack.push(frameOf(chain[1] === "with" ? "with" : "if", pipe.slice(chain[0].length).trim(), true));
      return true;
    }
    case "end":
      return close(stack, defines);
    case "break":
    case "continue":
      return true;
    default:
      top.current.push({ kind: "action", pipe: action, alone });
      return true;
  }
}

function close(stack: Frame[], defines: Map<string, readonly TemplateNode[]>): boolean {
  for (;;) {
    const frame = stack.pop();
    const parent = stack.at(-1);
    if (frame === undefined || parent === undefined || frame.kind === "top") return false;
    if (frame.kind === "define") {
      const [, name] = /^"([^"]*)"/.exec(frame.pipe) ?? [];
      if (name !== undefined) defines.set(name, frame.body);
    } else {
      const { kind, pipe, body, otherwise } = frame;
      parent.current.push({ kind, pipe, body, otherwise });
    }
    if (!frame.chained) return true;
  }
}

/** The position of a comment's closing braces. */
function endOfComment(text: string, at: number): number {
  const end = text.indexOf("*/", at);
  return end < 0 ? -1 : text.indexOf("}}", end);
}

/** The position of an action's closing braces; ignores those in its strings. */
function endOfAction(text: string, from: number): number {
  let quote = "";
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== "") {
      if (character === "\\" && quote === '"') at++;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "`") quote = character;
    else if (character === "}" && text.charAt(at + 1) === "}") return at;
  }
  return -1;
}

function isAlone(text: string, from: number, to: number): boolean {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const newline = text.indexOf("\n", to);
  const line = text.slice(start, from) + text.slice(to, newline < 0 ? text.length : newline);
  return line.trim() === "";
}
