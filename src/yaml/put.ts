import { isDeepStrictEqual } from "node:util";
import { readEvents } from "./events.js";
import { type Extent, extentsOf, lineEnd, type MappingExtent, type ScalarExtent } from "./extent.js";
import { isMapping, setKey, type YamlMapping, type YamlValue } from "./kind.js";
import { parseYaml } from "./parse.js";

/** How inserted values are written. */
export interface Spelling {
  /** On lines of its own, unindented, with two spaces per level. */
  readonly lines: (document: YamlMapping) => string;
  /** On one line, in braces. */
  readonly flow: (document: YamlMapping) => string;
}

/** What to insert, and where. Missing mappings on the path are created. */
export interface Entry {
  readonly path: readonly string[];
  readonly value: YamlValue;
}

/**
 * Inserts a value into a document, or replaces an existing scalar. Everything else, including comments, stays byte for
 * byte: the text is never regenerated from its meaning.
 *
 * @returns Undefined if that would change something else, as behind an alias.
 */
export function putIn(text: string, entry: Entry, spelling: Spelling): string | undefined {
  const wanted = withEntry(valueOf(text), entry);
  // Separate lines are more readable, but not every value and every place allows them.
  for (const form of ["lines", "flow"] as const) {
    const written = write(text, entry, { ...spelling, form });
    if (written !== undefined && means(written, wanted)) return written;
  }
  return undefined;
}

const NAMELESS = (): string => "";

function valueOf(text: string): YamlMapping {
  const { value } = parseYaml(text, NAMELESS);
  return isMapping(value) ? value : {};
}

function withEntry(mapping: YamlMapping, { path, value }: Entry): YamlMapping {
  const [step = "", ...steps] = path;
  const copy: YamlMapping = {};
  for (const key of Object.keys(mapping)) setKey(copy, key, mapping[key] as YamlValue);
  const there = Object.hasOwn(mapping, step) ? mapping[step] : undefined;
  setKey(copy, step, steps.length === 0 ? value : withEntry(isMapping(there) ? there : {}, { path: steps, value }));
  return copy;
}

/** However the edit was made, it counts only if the result means exactly what it should. */
function means(text: string, wanted: YamlMapping): boolean {
  try {
    const { value, duplicates } = parseYaml(text, NAMELESS);
    return duplicates.length === 0 && isDeepStrictEqual(value, wanted);
  } catch {
    return false;
  }
}

type Form = Spelling & { readonly form: keyof Spelling };

function write(text: string, { path, value }: Entry, form: Form): string | undefined {
  const parsed = readEvents(text, NAMELESS);
  // Offsets do not match the file then.
  if (parsed.source.padding.size > 0) return undefined;
  const { text: seen } = parsed.source;
  const root = extentsOf(parsed);
  if (root === undefined) return joined(text, text.length, indented(linesOf(path, 0, value, form), 0));
  let [here, depth]: [Extent, number] = [root, 0];
  let above: { readonly mapping: MappingExtent; readonly key: Extent } | undefined;
  for (; here.kind === "mapping" && depth < path.length; depth++) {
    const entry = here.entries.findLast(({ key }) => key.kind === "scalar" && key.text === path[depth]);
    if (entry === undefined) break;
    above = { mapping: here, key: entry.key };
    here = entry.value;
  }
  if (depth === path.length) {
    if (here.kind !== "scalar" || above === undefined) return undefined;
    const isFlow = above.mapping.flow || form.form === "flow";
    const [first = "", ...rest] = isFlow ? [scalarFlow(value, form)] : scalarLines(value, form);
    return replaced({ text, seen }, here, first, indented(rest, columnOf(seen, above.key.start)));
  }
  if (here.kind !== "mapping") return undefined;
  const lines = linesOf(path, depth, value, form);
  if (here.flow && here.entries.length === 0 && form.form === "lines" && !above?.mapping.flow) {
    const column = above === undefined ? 0 : columnOf(seen, above.key.start) + 2;
    return insteadOfBraces({ text, seen }, here, above?.key.end, indented(lines, column));
  }
  if (here.flow) {
    const inside = form.flow(nested(path.slice(depth), value)).slice(1, -1);
    return text.slice(0, here.start + 1) + inside + (here.entries.length > 0 ? ", " : "") + text.slice(here.start + 1);
  }
  const column = columnOf(seen, here.start);
  return joined(text, endOf(seen, here, column), indented(lines, column));
}

interface Draft {
  readonly text: string;
  /** The same, with every line break as the parser sees it. */
  readonly seen: string;
}

/** Replaces a scalar; keeps a comment after it. */
function replaced({ text, seen }: Draft, old: ScalarExtent, first: string, rest: readonly string[]): string {
  const { start, end, lines } = old;
  if (lines !== undefined) {
    const behind = start + (/^[|>][-+0-9]*/.exec(seen.slice(start, lines))?.[0].length ?? 0);
    const begun = text.slice(0, start) + first + text.slice(behind, lines);
    return joined(begun + text.slice(end), begun.length, rest);
  }
  const begun = text.slice(0, start) + (start === end ? " " : "") + first;
  const next = end > start && seen.charAt(end - 1) === "\n" ? end : lineEnd(seen, end);
  const line = begun + text.slice(end, next);
  return joined(line + text.slice(next), line.length, rest);
}

/** Replaces `{}` with entries on separate lines. */
function insteadOfBraces(
  { text, seen }: Draft,
  braces: MappingExtent,
  key: number | undefined,
  lines: readonly string[],
): string | undefined {
  if (!/^\{\s*\}$/.test(seen.slice(braces.start, braces.end))) return undefined;
  const from = key === undefined ? braces.start : seen.indexOf(":", key) + 1;
  const next = lineEnd(seen, braces.end);
  const behind = text.slice(braces.end, next);
  const line = text.slice(0, from) + (key === undefined && behind.trim() === "" ? "" : behind);
  return joined(line + text.slice(next), line.length, lines);
}

/**
 * Where to insert a line at the end of a mapping. Comments indented at least like its entries belong to it; empty
 * lines, and comments on what follows, come after.
 */
function endOf(seen: string, { end }: MappingExtent, column: number): number {
  let found = seen.charAt(end - 1) === "\n" ? end : lineEnd(seen, end);
  for (let start = found; start < seen.length; ) {
    const next = lineEnd(seen, start);
    const line = seen.slice(start, next);
    const [, margin = "", comment] = /^([ \t]*)(#?)/.exec(line) ?? [];
    if (comment === "#" ? margin.length < column : line.trim() !== "") break;
    if (comment === "#") found = next;
    start = next;
  }
  return found;
}

/** Inserts lines between others, with the text's own line breaks. */
function joined(text: string, at: number, lines: readonly string[]): string {
  if (lines.length === 0) return text;
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const before = text.slice(0, at);
  const first = before === "" || before.endsWith("\n") ? "" : end;
  return before + first + lines.map((line) => line + end).join("") + text.slice(at);
}

function columnOf(seen: string, at: number): number {
  return at - (seen.lastIndexOf("\n", at - 1) + 1);
}

function indented(lines: readonly string[], column: number): readonly string[] {
  return lines.map((line) => (line === "" ? line : " ".repeat(column) + line));
}

/** An entry's lines, without those of existing mappings. */
function linesOf(path: readonly string[], depth: number, value: YamlValue, { form, lines, flow }: Form): string[] {
  if (form === "flow") return [flow(nested(path.slice(depth), value)).slice(1, -1)];
  return split(lines(nested(path, value)))
    .slice(depth)
    .map((line) => line.slice(2 * depth));
}

function scalarLines(value: YamlValue, { lines }: Spelling): string[] {
  return split(lines({ x: value }).slice("x: ".length));
}

function scalarFlow(value: YamlValue, { flow }: Spelling): string {
  return flow({ x: value }).slice("{x: ".length, -1);
}

function split(lines: string): string[] {
  return lines.replace(/\n$/, "").split("\n");
}

function nested([step = "", ...steps]: readonly string[], value: YamlValue): YamlMapping {
  const mapping: YamlMapping = {};
  setKey(mapping, step, steps.length === 0 ? value : nested(steps, value));
  return mapping;
}
