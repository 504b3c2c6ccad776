import { compose } from "./compose.js";
import { construct, type YamlValue } from "./construct.js";
import { readEvents } from "./events.js";
import { locate } from "./locate.js";
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
  /** Where the key (or value) at a path stands; if there is none, where its nearest ancestor does. */
  locate(path: readonly (string | number)[], what?: "key" | "value"): Position;
}

/** Reads a document exactly as PyYAML's `safe_load` does; throws a YamlError if it cannot be read. */
export function parseYaml(text: string): YamlDocument {
  const parsed = readEvents(text);
  const root = compose(parsed);
  const duplicates: YamlProblem[] = [];
  const value = root === undefined ? null : construct(parsed.source, root, duplicates);
  duplicates.sort((a, b) => a.line - b.line || a.column - b.column);
  return { value, duplicates, locate: (path, what) => locate(parsed.source, root, path, what) };
}
