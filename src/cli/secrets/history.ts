import { splitName } from "../../model/secret.js";
import { ExitCode, PhalanxError } from "../../errors.js";
import { PULL_SECRET } from "../../model/environment.js";
import type { HistoryEvent } from "../../model/history.js";
import { readHistory } from "../../operations/read-history.js";
import { count } from "../../render/count.js";
import { renderHistory } from "../../render/history.js";
import { alignByRun } from "../../secrets/history.js";
import type { Context } from "../../terminal/context.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";
import { withVault } from "../../access/session.js";
import { reportFooter, type Hint, styleFor } from "../../terminal/terminal.js";
import { nextCommand } from "../../runs/next-command.js";
import { notRequired } from "../../target/selection.js";

/** `phalanx secrets history ENV [APP[/KEY]]`: who wrote what and when, one sync as one event. */
export async function run(
  context: Context,
  name: string,
  chosen: string | undefined,
  options: ConfigOption,
): Promise<ExitCode> {
  const loaded = loadFromTree(context, name, options);
  const { environment } = loaded;
  const [application, key] = chosen === undefined ? [undefined, undefined] : splitName(chosen);
  const only = application === undefined ? undefined : new Set([application]);
  const histories = await withVault(context, loaded, undefined, (session) =>
    readHistory(session, environment.vault, only),
  );
  if (only && histories.length === 0) {
    if (application !== PULL_SECRET && !environment.applications.has(application ?? ""))
      throw new PhalanxError(notRequired(environment, "history", chosen ?? ""));
  }
  const events = alignByRun(histories);
  const shown =
    key === undefined ? events : events.map((event) => ofKey(event, key)).filter(({ entries }) => entries.length > 0);
  if (context.answer) context.answer.result({ environment: name, events: shown });
  else
    context.stdout.write(
      renderHistory(shown, styleFor(context, context.stdout)) + ending(context, name, shown, options),
    );
  return ExitCode.ok;
}

/** For a person: how much that was, and how the newest run is taken back. */
function ending(context: Context, name: string, events: readonly HistoryEvent[], options: ConfigOption): string {
  if (!context.stdout.isTTY || events.length === 0) return "";
  const entries = events.reduce((sum, event) => sum + event.entries.length, 0);
  const run = events.find(({ writer }) => writer !== undefined)?.writer?.run;
  const undo = run === undefined ? [] : [nextCommand(["secrets", "restore", name, "--run", run, "--dry-run"], options)];
  const hints = undo.map((command): Hint => ["To see what taking the newest run back would do:", command]);
  return `\n${reportFooter(context, hints, `${count(events.length, "event")}, ${count(entries, "version")}`)}`;
}

function ofKey(event: HistoryEvent, key: string): HistoryEvent {
  const entries = event.entries.filter(
    ({ changes }) =>
      changes === undefined || [...changes.created, ...changes.changed, ...changes.deleted].includes(key),
  );
  return { ...event, entries };
}
