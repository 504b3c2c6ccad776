import { compose } from "./compose.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { construct, duplicateKey, type KeyFindings, oddKey } from "./construct.js";
import { readEvents } from "./events.js";
import { keysAt, locate } from "./locate.js";
import type { Position } from "./position.js";
import type { YamlNode } from "./node.js";
import type { YamlValue } from "./kind.js";

export interface YamlDocument {
  /** Null for an empty document. */
  value: YamlValue;
  /** Every duplicate key within its mapping; in `value` the last one wins, as in PyYAML. */
  duplicates: AnyDiagnostic[];
  /** Every non-string key that became a string; computed on demand, since most callers do not need it. */
  oddKeys(): AnyDiagnostic[];
  /** The keys of the mapping at a path in PyYAML's order; an object puts integers first. */
  keys(path: readonly (string | number)[]): string[];
  /** The position of the key (or value) at a path; if there is none, of its nearest ancestor. */
  locate(path: readonly (string | number)[], what?: "key" | "value"): Position;
}

/**
 * Reads a document exactly as PyYAML's `safe_load` does; throws a ConfigurationError if it cannot be read.
 *
 * @param oddKeysApart Whether `1: x` and `"1": x` are two keys, as in Python: the first one gets a name that no text in
 * a document can have.
 * @param file Its name as an operator would type it; called only if there is something to report.
 */
export function parseYaml(text: string, file: () => string, oddKeysApart = false): YamlDocument {
  const parsed = readEvents(text, file, oddKeysApart);
  const { source } = parsed;
  const root = compose(parsed);
  const { duplicates, odd }: KeyFindings = { duplicates: new Set(), odd: new Set() };
  const value = root === undefined ? null : construct(source, root, { duplicates, odd });
  const say = (keys: ReadonlySet<YamlNode>, found: typeof oddKey): AnyDiagnostic[] =>
    [...keys].sort((a, b) => a.start - b.start).map((keyNode) => found(source, keyNode));
  // Few documents are ever asked where something stands. To keep the nodes of all of them costs more than to read those again.
  let again: { readonly root: YamlNode | undefined } | undefined;
  const tree = (): YamlNode | undefined => (again ??= { root: compose(readEvents(text, file, oddKeysApart)) }).root;
  return {
    value,
    duplicates: say(duplicates, duplicateKey),
    oddKeys: () => say(odd, oddKey),
    keys: (path) => keysAt(source, tree(), path),
    locate: (path, what) => locate(source, tree(), path, what),
  };
}
