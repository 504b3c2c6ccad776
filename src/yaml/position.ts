import { ConfigurationError } from "../errors.js";
import type { AnyDiagnostic, NoDetails, PartsOf, Place } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { YAML } from "../model/diagnostics/yaml.js";

/** The text as the parser saw it. */
export interface Source {
  /** The file's name as an operator would type it; called only if there is something to report. */
  readonly file: () => string;
  readonly text: string;
  /** Its line and paragraph separators (U+2028, U+2029), if it has any: in `text` they are line breaks. */
  readonly separated?: string;
  /** Whether to distinguish a non-string key from the string spelt the same. */
  readonly oddKeysApart: boolean;
  /** Maps a line (0-based) to the number of spaces inserted before it that are not in the file. */
  readonly padding: ReadonlyMap<number, number>;
}

export interface Position extends Place {
  readonly line: number;
  readonly column: number;
}

const startsOfLines = new WeakMap<Source, number[]>();

export function positionAt(source: Source, offset: number): Position {
  const { file, padding } = source;
  let starts = startsOfLines.get(source);
  if (starts === undefined) startsOfLines.set(source, (starts = lineStarts(source)));
  let line = 0;
  for (let step = 1 << 30; step > 0; step >>= 1) {
    if ((starts[line + step] ?? Infinity) <= offset) line += step;
  }
  const lineStart = starts[line] ?? 0;
  return { file: file(), line: line + 1, column: Math.max(offset - lineStart - (padding.get(line) ?? 0), 0) + 1 };
}

function lineStarts({ text }: Source): number[] {
  const starts = [text.startsWith("\uFEFF") ? 1 : 0];
  for (const { index, 0: end } of text.matchAll(/\r\n?|\n/g)) starts.push(index + end.length);
  return starts;
}

type Code = keyof typeof YAML;
type Details<C extends Code> = PartsOf<(typeof YAML)[C]>["details"];

/** A problem, or an oddity, at an offset. */
export function foundAt<C extends Code>(source: Source, offset: number, code: C, details: Details<C>): AnyDiagnostic {
  const make = diagnostic as (code: Code, details: object, about: { readonly place: Place }) => AnyDiagnostic;
  return make(code, details, { place: positionAt(source, offset) });
}

/** Rejects the document because of the text at an offset. */
export function failAt<C extends Code>(
  source: Source,
  offset: number,
  code: C,
  ...[details]: Details<C> extends NoDetails ? [] : [Details<C>]
): never {
  throw new ConfigurationError(foundAt(source, offset, code, details ?? ({} as Details<C>)));
}
