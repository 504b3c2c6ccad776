import type { ChaosRun } from "./checker.js";
import { type History, latestValues } from "./history.js";
import type { Written } from "./attribution.js";
import { COPIES } from "./tree.js";

/**
 * Copies that are not what their source is, although the run that changed the source last and the one that wrote the copy
 * last both ended well and said nothing of it.
 */
export function staleCopies(runs: readonly ChaosRun[], written: readonly Written[], history: History): string[] {
  return COPIES.flatMap(([copy, source]) => {
    const [is, should] = [copy, source].map(([application, key]) => latestValues(history, application)?.[key]);
    if (is === should || is === undefined || should === undefined) return [];
    const name = copy.join("/");
    const last = [copy, source].map(([application, key]) => {
      const secret = history.get(application);
      let version = secret?.latest ?? 0;
      const at = (number: number): string | undefined => secret?.versions.get(number)?.values?.[key];
      while (version > 1 && at(version - 1) === at(version)) version -= 1;
      return written.filter(
        (write) => write.application === application && write.kind === "put" && write.version === version,
      );
    });
    const responsible = last.map((writes) => runs.find(({ token }) => writes.some((write) => write.token === token)));
    // Of what other programs write, nobody has promised anything.
    if (responsible.includes(undefined)) return [];
    const excused = responsible.some(
      (run) => run !== undefined && (run.finished.exit !== 0 || run.finished.stderr.includes(name)),
    );
    return excused ? [] : [`${name} is stale, and nobody has said so`];
  });
}
