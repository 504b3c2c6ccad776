import { compareCodePoints } from "../../model/code-points.js";
import { isMapping, type YamlMapping } from "../../yaml/kind.js";
import { FUNCTIONS } from "./functions.js";
import { parseTemplateText, type TemplateNode } from "./parse.js";
import { type Token, tokensOf } from "./tokens.js";
import { fieldOf, MARK, textOf, truthOf, UNTOLD, type Value } from "./value.js";

/** What a template can name. */
export interface TemplateScope {
  /** `.Values`, `.Release`, `.Chart`. */
  readonly root: YamlMapping;
  readonly defines: ReadonlyMap<string, readonly TemplateNode[]>;
}

/** A chart that includes itself endlessly, or produces endless text, is not evaluated any further. */
const MAX_TEXT = 2_000_000;
const MAX_CALLS = 30;
const MAX_TURNS = 200;
const MAX_BRACKETS = 50;

/** The remaining budget for all templates of a chart. */
export interface Budget {
  steps: number;
  /** Characters passed to functions. */
  work: number;
}

export function wholeBudget(): Budget {
  return { steps: 300_000, work: 50_000_000 };
}

interface State extends TemplateScope {
  readonly budget: Budget;
  size: number;
  calls: number;
}

interface Local {
  readonly dot: Value;
  /** `$`: the argument of the template. */
  readonly top: Value;
  readonly variables: Variables;
}

/** The text that a template produces, with a mark for each unknown part; undefined if it is too long. */
export function evaluate(nodes: readonly TemplateNode[], scope: TemplateScope, budget: Budget): string | undefined {
  const state: State = { ...scope, budget, size: 0, calls: 0 };
  try {
    return execute(nodes, { dot: scope.root, top: scope.root, variables: new Variables() }, state);
  } catch (error) {
    if (error instanceof TooMuch) return undefined;
    throw error;
  }
}

class TooMuch extends Error {}

const NONE = Symbol("none");

function execute(nodes: readonly TemplateNode[], local: Local, state: State): string {
  const pieces: string[] = [];
  for (const node of nodes) {
    if (--state.budget.steps < 0) throw new TooMuch();
    const piece = one(node, local, state);
    state.size += piece.length;
    if (state.size > MAX_TEXT) throw new TooMuch();
    pieces.push(piece);
  }
  return pieces.join("");
}

function one(node: TemplateNode, local: Local, state: State): string {
  if (node.kind === "text") return node.text;
  if (node.kind === "action") {
    const value = evaluatePipe(node.pipe, local, state);
    if (/^\$\w*\s*:?=/.test(node.pipe)) return "";
    // An unknown line must not break those around it.
    if (value === UNTOLD && node.alone && state.calls === 0) return `\n# ${MARK}`;
    return typeof value === "string" && value.startsWith("\n") && value.trim() === MARK ? ` # ${MARK}` : textOf(value);
  }
  const inner: Local = { ...local, variables: new Variables(local.variables) };
  const { names, pipe } = node.kind === "range" ? rangeNames(node.pipe) : { names: [], pipe: node.pipe };
  const value = evaluatePipe(pipe, inner, state);
  const truth = truthOf(value);
  if (truth === false) return execute(node.otherwise, local, state);
  if (node.kind === "if") return execute(node.body, inner, state);
  if (node.kind === "with") return execute(node.body, { ...inner, dot: value }, state);
  return turnsOf(value)
    .map(([key, item]) => {
      const [first, second] = names;
      const variables = new Variables(inner.variables);
      if (first !== undefined) variables.declare(first, second === undefined ? item : key);
      if (second !== undefined) variables.declare(second, item);
      return execute(node.body, { dot: item, top: local.top, variables }, state);
    })
    .join("");
}

function rangeNames(pipe: string): { names: readonly string[]; pipe: string } {
  const [, first, second, rest] = /^\$(\w+)(?:\s*,\s*\$(\w+))?\s*:=\s*(\S.*)$/s.exec(pipe) ?? [];
  if (first === undefined || rest === undefined) return { names: [], pipe };
  return { names: second === undefined ? [first] : [first, second], pipe: rest };
}

/** What `range` iterates over; a single turn if that is unknown. */
function turnsOf(value: Value): readonly (readonly [key: Value, item: Value])[] {
  if (Array.isArray(value)) return value.slice(0, MAX_TURNS).map((item, i) => [i, item] as const);
  if (value !== UNTOLD && isMapping(value))
    return Object.entries(value)
      .sort(([a], [b]) => compareCodePoints(a, b))
      .slice(0, MAX_TURNS);
  return [[UNTOLD, UNTOLD]];
}

/** Evaluates an expression; an assignment yields the assigned value. */
function evaluatePipe(pipe: string, local: Local, state: State): Value {
  const tokens = tokensOf(pipe);
  if (tokens === undefined) return UNTOLD;
  const name = assigned(tokens);
  if (name === undefined) return new Expression(tokens, local, state).whole();
  const value = new Expression(tokens.slice(2), local, state).whole();
  if (tokens[1]?.kind === ":=") local.variables.declare(name, value);
  else local.variables.assign(name, value);
  return value;
}

/** The variable that an expression assigns. */
function assigned([first, second]: readonly Token[]): string | undefined {
  const isAssignment = second?.kind === ":=" || second?.kind === "=";
  return isAssignment && first?.kind === "path" && first.text.startsWith("$") ? first.text.slice(1) : undefined;
}

/** The variables of a block and of those around it. */
class Variables {
  private readonly own = new Map<string, Value>();

  constructor(private readonly outer?: Variables) {}

  declare(name: string, value: Value): void {
    this.own.set(name, value);
  }

  assign(name: string, value: Value): void {
    if (this.own.has(name) || this.outer === undefined) this.own.set(name, value);
    else this.outer.assign(name, value);
  }

  read(name: string): Value {
    if (this.own.has(name)) return this.own.get(name);
    return this.outer === undefined ? UNTOLD : this.outer.read(name);
  }
}

/** Parses and evaluates an expression in one pass. */
class Expression {
  private at = 0;
  private brackets = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly local: Local,
    private readonly state: State,
  ) {}

  whole(): Value {
    const value = this.pipeline();
    return this.at === this.tokens.length ? value : UNTOLD;
  }

  private pipeline(): Value {
    let value = this.command(undefined);
    while (this.tokens[this.at]?.kind === "|") {
      this.at++;
      value = this.command([value]);
    }
    return value;
  }

  /** @param piped The result of the preceding command. */
  private command(piped: readonly Value[] | undefined): Value {
    const first = this.tokens[this.at];
    if (first?.kind === "word" && !["true", "false", "nil"].includes(first.text)) {
      this.at++;
      const values: Value[] = [];
      for (let next = this.operand(); next !== NONE; next = this.operand()) values.push(next);
      return this.call(first.text, [...values, ...(piped ?? [])]);
    }
    const value = this.operand();
    const more = this.operand();
    return value === NONE || more !== NONE || piped !== undefined ? UNTOLD : value;
  }

  private operand(): Value | typeof NONE {
    const token = this.tokens[this.at];
    if (token === undefined) return NONE;
    if (token.kind === "text") return this.step(token.text);
    if (token.kind === "number") return this.step(Number(token.text));
    if (token.kind === "path") return this.step(this.path(token.text));
    if (token.kind === "word")
      return this.step(
        token.text === "nil"
          ? null
          : token.text === "true" || token.text === "false"
            ? token.text === "true"
            : this.call(token.text, []),
      );
    if (token.kind !== "(" || this.brackets >= MAX_BRACKETS) return NONE;
    this.at++;
    this.brackets++;
    let value = this.pipeline();
    this.brackets--;
    if (this.tokens[this.at]?.kind !== ")") return UNTOLD;
    this.at++;
    const after = this.tokens[this.at];
    if (after?.kind === "path" && after.after) {
      this.at++;
      value = fields(value, after.text.split(".").slice(1));
    }
    return value;
  }

  private step(value: Value): Value {
    this.at++;
    return value;
  }

  private path(text: string): Value {
    if (text === ".") return this.local.dot;
    const [head = "", ...rest] = text.split(".");
    if (head === "") return fields(this.local.dot, rest);
    if (head === "$") return fields(this.local.top, rest);
    return fields(this.local.variables.read(head.slice(1)), rest);
  }

  private call(name: string, values: readonly Value[]): Value {
    for (const value of values) if (typeof value === "string") this.state.budget.work -= value.length;
    if (--this.state.budget.steps < 0 || this.state.budget.work < 0) throw new TooMuch();
    if (name === "include" || name === "template") {
      const [named, dot] = values;
      const body = typeof named === "string" ? this.state.defines.get(named) : undefined;
      return body === undefined ? UNTOLD : this.run(body, dot);
    }
    if (name === "tpl") {
      const [text, dot] = values;
      const parsed = typeof text === "string" ? parseTemplateText(text) : undefined;
      return parsed === undefined ? UNTOLD : this.run(parsed.nodes, dot);
    }
    const compute = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    return compute === undefined ? UNTOLD : compute(...values);
  }

  private run(body: readonly TemplateNode[], dot: Value): Value {
    if (this.state.calls >= MAX_CALLS) throw new TooMuch();
    this.state.calls++;
    const text = execute(body, { dot, top: dot, variables: new Variables() }, this.state);
    this.state.calls--;
    return text;
  }
}

function fields(value: Value, path: readonly string[]): Value {
  return path.reduce((found: Value, field) => (field === "" ? found : fieldOf(found, field)), value);
}
