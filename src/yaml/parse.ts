import { compose } from "./compose.js";
import { construct, describeOddKey, type KeyFindings, type YamlValue } from "./construct.js";
import { readEvents } from "./events.js";
import { keysAt, locate } from "./locate.js";
import type { Position } from "./position.js";
import type { YamlProblem } from "./problem.js";

export type { YamlValue } from "./construct.js";
export { YamlError, type YamlProblem } from "./problem.js";

/** A YAML document that was read. */
export interface YamlDocument {
  /** Null for an empty document. */
  value: YamlValue;
  /** Every key that repeats an earlier key of its mapping; in `value` the last one wins, as in PyYAML. */
  duplicates: YamlProblem[];
  /** Every key that is no string and became one; found when asked for, since most readers do not mind. */
  oddKeys(): YamlProblem[];
  /** The keys of the mapping at a path in the order that PyYAML gives them; an object puts integers first. */
  keys(path: readonly (string | number)[]): string[];
  /** Where the key (or value) at a path stands; if there is none, where its nearest ancestor does. */
  locate(path: readonly (string | number)[], what?: "key" | "value"): Position;
}

/**
 * Reads a document exactly as PyYAML's `safe_load` does; throws a YamlError if it cannot be read.
 *
 * @param file Its name as an operator would type it; asked for only if there is something to say of it.
 */
export function parseYaml(text: string, file: () => string): YamlDocument {
  const parsed = readEvents(text, file);
  const root = compose(parsed);
  const { source } = parsed;
  const { duplicates, odd }: KeyFindings = { duplicates: [], odd: new Set() };
  const value = root === undefined ? null : construct(source, root, { duplicates, odd });
  duplicates.sort(({ place: a }, { place: b }) => a.line - b.line || a.column - b.column);
  return {
    value,
    duplicates,
    oddKeys: () => [...odd].sort((a, b) => a.start - b.start).map((keyNode) => describeOddKey(source, keyNode)),
    keys: (path) => (root === undefined ? [] : keysAt(source, root, path)),
    locate: (path, what) => locate(source, root, path, what),
  };
}
