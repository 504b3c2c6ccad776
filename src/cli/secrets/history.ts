import { ExitCode } from "../../errors.js";
import { PULL_SECRET } from "../../model/environment.js";
import type { HistoryEvent } from "../../model/history.js";
import { readHistory } from "../../operations/read-history.js";
import { renderHistory } from "../../render/history.js";
import { alignByRun } from "../../secrets/history.js";
import type { Context } from "../context.js";
import { type ConfigOption, loadFromTree } from "../load.js";
import { withVault } from "../session.js";
import { styleFor } from "../terminal.js";
import { splitName } from "./target-options.js";
import { jsonText } from "../../render/json.js";

export interface HistoryOptions extends ConfigOption {
  readonly json?: boolean;
}

/** `phalanx secrets history ENV [APP[/KEY]]`: who wrote what and when, one sync as one event. */
export async function run(
  context: Context,
  name: string,
  chosen: string | undefined,
  options: HistoryOptions,
): Promise<ExitCode> {
  const loaded = loadFromTree(context, name, options);
  const { environment } = loaded;
  const [application, key] = chosen === undefined ? [undefined, undefined] : splitName(chosen);
  const only = application === undefined ? undefined : new Set([application]);
  const histories = await withVault(context, loaded, undefined, (session) =>
    readHistory(session, environment.vault, only, context.now()),
  );
  if (only && histories.length === 0) {
    const { notRequired } = await import("./target-options.js");
    if (application !== PULL_SECRET && !environment.applications.has(application ?? ""))
      throw notRequired(environment, "history", chosen ?? "");
  }
  const events = alignByRun(histories, context.now());
  const shown =
    key === undefined ? events : events.map((event) => ofKey(event, key)).filter(({ entries }) => entries.length > 0);
  context.stdout.write(
    options.json
      ? jsonText({ environment: name, events: shown })
      : renderHistory(shown, styleFor(context, context.stdout)),
  );
  return ExitCode.ok;
}

function ofKey(event: HistoryEvent, key: string): HistoryEvent {
  const entries = event.entries.filter(
    ({ changes }) =>
      changes === undefined || [...changes.created, ...changes.changed, ...changes.deleted].includes(key),
  );
  return { ...event, entries };
}
