import type { YamlKind } from "../model/diagnostics/yaml.js";
import { isOddKey } from "../yaml/construct.js";
import { isMapping, kindOf, type YamlMapping } from "../yaml/kind.js";
import { allValues, type LintApplication } from "./model.js";

/** The first element on a path that exists but is not a mapping. */
export function obstacleOn(
  path: string,
  values: YamlMapping,
): { readonly obstacle: string; readonly kind: YamlKind } | undefined {
  let here: YamlMapping = values;
  const components = path.split(".");
  for (const [i, component] of components.slice(0, -1).entries()) {
    if (!Object.hasOwn(here, component)) return undefined;
    const next = here[component];
    if (!isMapping(next)) return { obstacle: components.slice(0, i + 1).join("."), kind: kindOf(next) };
    here = next;
  }
  return undefined;
}

/** Every path in any values file of an application, computed on first use. */
export function knownPaths(application: LintApplication): () => ReadonlySet<string> {
  let paths: Set<string> | undefined;
  return () => {
    if (paths) return paths;
    paths = new Set();
    for (const { mapping } of allValues(application)) addPaths(mapping?.value ?? {}, "", paths);
    return paths;
  };
}

function addPaths(values: YamlMapping, prefix: string, paths: Set<string>): void {
  for (const [key, value] of Object.entries(values)) {
    // No condition leads there.
    if (isOddKey(key)) continue;
    paths.add(prefix + key);
    if (isMapping(value)) addPaths(value, `${prefix}${key}.`, paths);
  }
}
