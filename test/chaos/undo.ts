import type { Finished } from "../support/cli.js";
import { isCalledUnnoted, sharedIn, unknownIn } from "./checker.js";
import type { Written } from "./attribution.js";
import { type History, latestValues, type Values } from "./history.js";
import { COPIES, MADE_FROM } from "./tree.js";

/** A run that is taken back while nothing disturbs. */
export interface Undone {
  /** What the run said that is taken back. */
  readonly said: Finished;
  /** Which writes were the run's; its others are not known. */
  readonly isOwn: (write: Written) => boolean;
  readonly written: readonly Written[];
  readonly before: History;
  readonly after: History;
  /** All that was said when it was taken back. */
  readonly undo: Finished;
}

/** Where taking a run back led elsewhere than to what was there before, with everything of others kept, unsaid. */
export function undoLies({ said, isOwn, written, before, after, undo }: Undone): string[] {
  // What stays is named, and then the status is 1.
  const stays = /keeps its value|is not restored: /.test(undo.stderr);
  if (undo.exit !== (stays ? 1 : 0)) return [`the undo ends with ${undo.exit}: ${undo.stderr}`];
  return [...before.keys()].flatMap((application) => {
    const now = latestValues(after, application);
    const was = latestValues(before, application);
    if (unsure(application, said, undo)) return [];
    const own = written.filter((write) => write.application === application && isOwn(write));
    const { versions = new Map(), latest = 0 } = before.get(application) ?? {};
    const puts = own.filter(({ kind }) => kind === "put");
    if (puts.length === 0) {
      const event = own.findLast(({ kind }) => kind === "delete" || kind === "undelete");
      if (event?.version === latest) {
        const back = event.kind === "delete" ? now !== undefined : now === undefined;
        return back ? [] : [`${application}, which the run ${event.kind}d, is as the run left it`];
      }
    }
    const mine = new Set(puts.filter(({ certain }) => certain).map(({ version }) => version));
    if (puts.some(({ certain }) => !certain)) return [];
    const readable = [...versions.values()].every(({ values }) => values !== undefined);
    if (!readable) return [];
    const value = (version: number, key: string): string | undefined => versions.get(version)?.values?.[key];
    const keys = new Set([...versions.values()].flatMap(({ values = {} }: { values?: Values }) => Object.keys(values)));
    return [...keys].flatMap((key) => {
      const name = `${application}/${key}`;
      let last = latest;
      while (last > 0 && value(last - 1, key) === value(last, key)) last -= 1;
      let first = last;
      while (mine.has(first)) {
        first -= 1;
        while (first > 0 && value(first - 1, key) === value(first, key)) first -= 1;
      }
      const wanted = mine.has(last) ? value(first, key) : was?.[key];
      if (now?.[key] === wanted) {
        const touched = [...mine].some((version) => value(version - 1, key) !== value(version, key));
        const kept = touched && !mine.has(last) && !back(value, key, mine, latest);
        return kept && !undo.stderr.includes(name)
          ? [`${name} was changed by somebody else, and the undo does not say that it stays`]
          : [];
      }
      const followed = COPIES.some(
        ([[copy, copied], [source, from]]) =>
          copy === application && copied === key && now?.[key] === latestValues(after, source)?.[from],
      );
      const allowed = followed || (MADE_FROM.has(name) && undo.stderr.includes(name)) || undo.stderr.includes(name);
      // What somebody has set to the very value that the run left may count as the run's.
      const alike = [...mine].some(
        (version) => value(version, key) === was?.[key] && now?.[key] === value(version - 1, key),
      );
      if (allowed || alike) return [];
      return [
        mine.has(last)
          ? `${name} is not what it was before the run`
          : `${name}, which is of others, was taken back too`,
      ];
    });
  });
}

/** Whether a key is, by somebody else, what it was before one of the run's writes. */
function back(
  value: (version: number, key: string) => string | undefined,
  key: string,
  mine: ReadonlySet<number>,
  latest: number,
): boolean {
  return [...mine].some(
    (version) => value(version - 1, key) === value(latest, key) || value(version, key) === value(latest, key),
  );
}

/** What the run or its undo says that it does not come back. */
function unsure(application: string, said: Finished, undo: Finished): boolean {
  if (unknownIn(said).has(application) || sharedIn(said).has(application)) return true;
  const lines = said.stderr.split("\n");
  return (
    isCalledUnnoted(said, application) ||
    lines.some((line) => line.startsWith(`The change to ${application} cannot be undone: `)) ||
    undo.stderr.includes(`${application} is not restored: `)
  );
}
