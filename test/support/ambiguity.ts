import { type AST, parseRegExpLiteral } from "@eslint-community/regexpp";

/*
 * How often a backtracking engine can reach the same place of a pattern over the same text. If that is bounded,
 * matching is linear; otherwise the automaton has states p and q and a text v that leads from p to p, from p to q and
 * from q to q (polynomial), or from p to p in two ways (exponential). The search is part of the pattern: it can start
 * anywhere. Only texts without a match count, since a match ends the search. A lookahead is passed without reading, and
 * a backreference is read as its group; nothing after either counts as a match. So this reports too much rather than
 * too little; except for a global pattern that repeatedly gives up a long text for a short match.
 */

/** More than three repetitions make no difference for loops. */
const ENOUGH = 3;
const OTHERS = "\n\r\t 09azAZ_-/\\\"'.:=,\0éſ\u2028\u{1F600}";

type Condition = "start" | "end" | "unread" | WordBoundary | Behind;
interface WordBoundary {
  readonly word: boolean;
}
/** A condition on the previous character. */
interface Behind {
  readonly behind: string;
  readonly not: boolean;
}

interface State {
  readonly epsilon: { to: number; when?: Condition }[];
  /** What is read here, as written, and the next state. */
  read?: { written: string; to: number };
}

interface Automaton {
  readonly states: State[];
  readonly start: number;
  readonly end: number;
}

function automatonOf(pattern: AST.Pattern): Automaton {
  const states: State[] = [];
  const add = (...to: number[]): number => states.push({ epsilon: to.map((target) => ({ to: target })) }) - 1;
  const end = add();
  const alternatives = (list: readonly AST.Alternative[], next: number): number =>
    add(...list.map(({ elements }) => elements.reduceRight((after, element) => build(element, after), next)));
  const reading = (written: string, to: number): number => states.push({ epsilon: [], read: { written, to } }) - 1;
  const condition = (when: Condition, to: number): number => states.push({ epsilon: [{ to, when }] }) - 1;
  const loop = (element: AST.Element, next: number): number => {
    const split = add();
    states[split]?.epsilon.push({ to: build(element, split) }, { to: next });
    return split;
  };
  const quantified = ({ element, min, max }: AST.Quantifier, next: number): number => {
    const optional = Math.min(max - min, ENOUGH);
    let start = max === Infinity ? loop(element, next) : next;
    if (max !== Infinity) for (let i = 0; i < optional; i++) start = add(build(element, start), next);
    for (let i = 0; i < Math.min(min, ENOUGH); i++) start = build(element, start);
    return start;
  };
  const assertion = (element: AST.Assertion, next: number): number => {
    if (element.kind === "word") return condition({ word: !element.negate }, next);
    if (element.kind !== "lookahead" && element.kind !== "lookbehind") return condition(element.kind, next);
    const [only, ...others] = element.alternatives.flatMap(({ elements }) => elements);
    const single = only && others.length === 0 && /^Character(Set|Class)?$/.test(only.type);
    if (element.kind === "lookbehind" && single) return condition({ behind: only.raw, not: element.negate }, next);
    return add(condition("unread", next), alternatives(element.alternatives, add()));
  };
  const build = (element: AST.Element, next: number): number => {
    switch (element.type) {
      case "Group":
      case "CapturingGroup":
        return alternatives(element.alternatives, next);
      case "Quantifier":
        return quantified(element, next);
      case "Assertion":
        return assertion(element, next);
      case "Backreference":
        return [element.resolved]
          .flat()
          .reduce((after, group) => alternatives(group.alternatives, after), condition("unread", next));
      default:
        return reading(element.raw, next);
    }
  };
  return { start: alternatives(pattern.alternatives, end), states, end };
}

function isLineEnd(character: string): boolean {
  return /^[\n\r\u2028\u2029]$/.test(character);
}

/** One character for each way in which the parts of the pattern distinguish characters. */
function alphabetOf(automaton: Automaton, source: string, flags: string): Map<string, ReadonlySet<string>> {
  const behind = automaton.states.flatMap(({ epsilon }) =>
    epsilon.flatMap(({ when }) => (typeof when === "object" ? ["behind" in when ? when.behind : "\\w"] : [])),
  );
  const parts = [...new Set([...automaton.states.flatMap(({ read }) => (read ? [read.written] : [])), ...behind])];
  const tests = parts.map((written) => new RegExp(`^(?:${written})$`, flags.replaceAll(/[gym]/g, "")));
  const unescaped = [...source.matchAll(/\\u\{?([0-9a-f]+)\}?|\\x([0-9a-f]{2})/gi)].map(([, u, x]) =>
    Number.parseInt(u ?? x ?? "", 16),
  );
  const points = [...[...source, ...OTHERS].map((character) => character.codePointAt(0) ?? 0), ...unescaped];
  const near = [...new Set(points.flatMap((point) => [point - 1, point, point + 1]))].filter(
    (p) => p >= 0 && p <= 0x10ffff,
  );
  const bySignature = new Map<string, string>();
  for (const point of near) {
    const character = String.fromCodePoint(point);
    if (character.length > 1 && !/[uv]/.test(flags)) continue;
    const signature = `${isLineEnd(character)}${tests.map((expression) => Number(expression.test(character))).join("")}`;
    if (!bySignature.has(signature)) bySignature.set(signature, character);
  }
  return new Map(
    [...bySignature.values()].map((character) => [
      character,
      new Set(parts.filter((_, i) => tests[i]?.test(character))),
    ]),
  );
}

/** A position while reading: a state, what was read before it, and whether everything so far was read. */
type Place = string;
const SEARCH = "search";

interface Step {
  /** Each place, and the number of ways to reach it (counting up to two is enough). */
  readonly to: ReadonlyMap<Place, number>;
  readonly matched: boolean;
}

interface Reader {
  readonly characters: readonly string[];
  readonly step: (place: Place, character: string) => Step;
  readonly matchesAtEnd: (place: Place) => boolean;
  readonly initial: readonly Place[];
}

function readerOf(source: string, flags: string): Reader {
  const { pattern } = parseRegExpLiteral(`/${source}/${flags}`);
  const automaton = automatonOf(pattern);
  const alphabet = alphabetOf(automaton, source, flags);
  const multiline = flags.includes("m");
  const looksBack = automaton.states.some(({ epsilon }) => epsilon.some(({ when }) => typeof when === "object"));
  const place = (state: number, before: string, sure: boolean): Place => JSON.stringify([state, before, sure]);
  const after = (character: string): string => (looksBack || (multiline && isLineEnd(character)) ? character : "other");
  const isWord = (character: string | undefined): boolean => character !== undefined && /^\w$/.test(character);
  const holds = (when: Condition | undefined, before: string, next: string | undefined): boolean => {
    if (when === undefined || when === "unread") return true;
    if (when === "start") return before === "" || (multiline && isLineEnd(before));
    if (when === "end") return next === undefined || (multiline && isLineEnd(next));
    if ("word" in when) return (isWord(before) !== isWord(next)) === when.word;
    return new RegExp(`^(?:${when.behind})$`, flags.replaceAll(/[gym]/g, "")).test(before) !== when.not;
  };
  /** The states reached without reading, once per way. */
  const closure = (from: Place, next: string | undefined): { state: number; sure: boolean }[] => {
    if (from === SEARCH) return [];
    const [start, before, wasSure] = JSON.parse(from) as [number, string, boolean];
    const reached: { state: number; sure: boolean }[] = [];
    const walk = (state: number, sure: boolean, used: ReadonlySet<string>): void => {
      if (reached.length > 5000) throw new Error(`/${source}/ is too large`);
      reached.push({ state, sure });
      for (const { to, when } of automaton.states[state]?.epsilon ?? []) {
        const edge = `${state} ${to}`;
        if (holds(when, before, next) && !used.has(edge)) walk(to, sure && when !== "unread", new Set([...used, edge]));
      }
    };
    walk(start, wasSure, new Set());
    return reached;
  };
  const cache = new Map<string, Step>();
  const compute = (from: Place, character: string): Step => {
    const to = new Map<Place, number>();
    const arrive = (target: Place): unknown => to.set(target, (to.get(target) ?? 0) + 1);
    if (from === SEARCH) {
      arrive(SEARCH);
      arrive(place(automaton.start, after(character), true));
      return { to, matched: false };
    }
    const reached = closure(from, character);
    for (const { state, sure } of reached) {
      const read = automaton.states[state]?.read;
      if (read && alphabet.get(character)?.has(read.written)) arrive(place(read.to, after(character), sure));
    }
    return { to, matched: reached.some(({ state, sure }) => sure && state === automaton.end) };
  };
  return {
    characters: [...alphabet.keys()],
    initial: [place(automaton.start, "", true), ...(flags.includes("y") ? [] : [SEARCH])],
    matchesAtEnd: (from) => closure(from, undefined).some(({ state, sure }) => sure && state === automaton.end),
    step: (from, character) => {
      const key = `${from}|${character}`;
      const known = cache.get(key) ?? compute(from, character);
      cache.set(key, known);
      return known;
    },
  };
}

/** The sets of places reached by texts without a match, and the texts that lead from one set to the next. */
function unmatchedSets(reader: Reader): Map<string, { places: readonly Place[]; next: ReadonlyMap<string, string> }> {
  const sets = new Map<string, { places: readonly Place[]; next: Map<string, string> }>();
  const names = new Map<string, string>();
  const keyOf = (places: readonly Place[]): string => {
    const name = names.get(places.join()) ?? String(names.size);
    names.set(places.join(), name);
    return name;
  };
  const queue: (readonly Place[])[] = [[...reader.initial].sort()];
  for (let places = queue.pop(); places; places = queue.pop()) {
    if (sets.has(keyOf(places))) continue;
    const next = new Map<string, string>();
    sets.set(keyOf(places), { places, next });
    if (sets.size > 3000) throw new Error("The pattern is too large to be examined");
    for (const character of reader.characters) {
      const steps = places.map((from) => reader.step(from, character));
      if (steps.some(({ matched }) => matched)) continue;
      const following = [...new Set(steps.flatMap(({ to }) => [...to.keys()]))].sort();
      next.set(character, keyOf(following));
      queue.push(following);
    }
  }
  return sets;
}

/** The strongly connected component of each node; none for a node that cannot reach itself. */
function components<Node>(nodes: Iterable<Node>, next: (node: Node) => readonly Node[]): Map<Node, number> {
  const order = new Map<Node, number>();
  const low = new Map<Node, number>();
  const stack: Node[] = [];
  const result = new Map<Node, number>();
  for (const root of nodes) {
    if (order.has(root)) continue;
    const work: { node: Node; rest: Node[] }[] = [];
    const enter = (node: Node): void => {
      order.set(node, order.size);
      low.set(node, order.get(node) ?? 0);
      stack.push(node);
      work.push({ node, rest: [...next(node)] });
    };
    enter(root);
    for (let top = work.at(-1); top; top = work.at(-1)) {
      const { node, rest } = top;
      const following = rest.pop();
      if (following !== undefined) {
        if (!order.has(following)) enter(following);
        else if (stack.includes(following)) low.set(node, Math.min(low.get(node) ?? 0, order.get(following) ?? 0));
        continue;
      }
      work.pop();
      const parent = work.at(-1)?.node;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent) ?? 0, low.get(node) ?? 0));
      if (low.get(node) !== order.get(node)) continue;
      const members = stack.splice(stack.indexOf(node));
      if (members.length > 1 || next(node).includes(node))
        for (const member of members) result.set(member, order.get(node) ?? 0);
    }
  }
  return result;
}

/** Whether a walk of some length leads from one tuple of nodes to another. */
function leads(from: readonly Node[], to: readonly Node[], next: (nodes: readonly Node[]) => Node[][]): boolean {
  const seen = new Set<string>();
  const queue = next(from);
  for (let nodes = queue.pop(); nodes; nodes = queue.pop()) {
    const key = nodes.join();
    if (key === to.join()) return true;
    if (seen.has(key)) continue;
    seen.add(key);
    queue.push(...next(nodes));
  }
  return false;
}

/** A place within a set of places. */
type Node = string;

function nodeOf(set: string, place: Place): Node {
  return `${set} ${place}`;
}

function placeOf(node: Node): { readonly set: string; readonly place: Place } {
  const end = node.indexOf(" ");
  return { set: node.slice(0, end), place: node.slice(end + 1) };
}

/** Why a pattern's time can grow faster than the text; undefined if it cannot. */
export function superLinear(source: string, flags: string): "exponential" | "polynomial" | undefined {
  const reader = readerOf(source, flags);
  const sets = unmatchedSets(reader);
  const rejecting = setsThatReject(sets, reader);
  const nodes = [...sets].flatMap(([set, { places }]) => places.map((place): Node => nodeOf(set, place)));
  const following = new Map(
    nodes.map((node) => {
      const { set, place } = placeOf(node);
      const steps = [...(sets.get(set)?.next ?? [])].map(([character, next]) => {
        const { to } = reader.step(place, character);
        return [character, [...to].map(([target, ways]) => ({ node: nodeOf(next, target), ways }))] as const;
      });
      return [node, new Map(steps)] as const;
    }),
  );
  const loop = components(nodes, (node) => [...(following.get(node)?.values() ?? [])].flat().map((step) => step.node));
  /** Reads one character from each of several places; each stays within its given loop, if any. */
  const read =
    (within: readonly (number | undefined)[]) =>
    (tuple: readonly Node[]): Node[][] =>
      [...(following.get(tuple[0] ?? "")?.keys() ?? [])].flatMap((character) =>
        tuple
          .map((node, i) =>
            (following.get(node)?.get(character) ?? [])
              .map((step) => step.node)
              .filter((next) => within[i] === undefined || loop.get(next) === within[i]),
          )
          .reduce<Node[][]>((all, targets) => all.flatMap((some) => targets.map((to) => [...some, to])), [[]]),
      );
  const looping = nodes.filter((node) => loop.has(node) && rejecting.has(placeOf(node).set));
  for (const p of looping) {
    const own = loop.get(p);
    for (const steps of following.get(p)?.values() ?? []) {
      const inside = steps.filter(({ node }) => loop.get(node) === own);
      if (inside.some(({ ways }) => ways > 1)) return "exponential";
      for (const [i, a] of inside.entries()) {
        for (const b of inside.slice(i + 1))
          if (leads([a.node, b.node], [p, p], read([own, own]))) return "exponential";
      }
    }
  }
  const polynomial = looping.some((p) =>
    looping.some(
      (q) =>
        p !== q &&
        placeOf(p).set === placeOf(q).set &&
        leads([p, p, q], [p, q, q], read([loop.get(p), undefined, loop.get(q)])),
    ),
  );
  return polynomial ? "polynomial" : undefined;
}

type Sets = ReturnType<typeof unmatchedSets>;

/** The sets from which a text can still end without a match. */
function setsThatReject(sets: Sets, reader: Reader): ReadonlySet<string> {
  const result = new Set([...sets].filter(([, { places }]) => !places.some(reader.matchesAtEnd)).map(([set]) => set));
  const before = new Map<string, string[]>();
  for (const [set, { next }] of sets) for (const to of next.values()) before.set(to, [...(before.get(to) ?? []), set]);
  // Grows during iteration.
  for (const set of result) for (const earlier of before.get(set) ?? []) result.add(earlier);
  return result;
}
