import { compareCodePoints } from "../model/code-points.js";
import type { Environment } from "../model/environment.js";
import { sourcesOf } from "../model/secret.js";

/**
 * Applications in the order in which they are restarted: what others copy from comes first, so that nobody is refused
 * longer than needed. Those that copy from each other stay together.
 */
export function inRestartOrder(names: Iterable<string>, { applications }: Environment): string[] {
  const wanted = [...new Set(names)].sort(compareCodePoints);
  const ordered = new Set<string>();
  const open = new Set<string>();
  const visit = (name: string): void => {
    if (ordered.has(name) || open.has(name)) return;
    open.add(name);
    for (const secret of applications.get(name)?.secrets.values() ?? [])
      for (const { application } of sourcesOf(secret)) visit(application);
    ordered.add(name);
  };
  for (const name of wanted) visit(name);
  return [...ordered].filter((name) => wanted.includes(name));
}
