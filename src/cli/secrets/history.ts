import { splitName } from "../../model/secret.js";
import { ExitCode, PhalanxError } from "../../errors.js";
import { type Environment, PULL_SECRET } from "../../model/environment.js";
import type { ApplicationHistory, HistoryEvent } from "../../model/history.js";
import { momentAt } from "../../model/moment.js";
import { readHistory } from "../../operations/read-history.js";
import { count } from "../../render/count.js";
import { printable } from "../../render/printable.js";
import { renderHistory } from "../../render/history.js";
import { alignByRun } from "../../secrets/history.js";
import { filterEvents, versionsOf } from "../../secrets/history-filter.js";
import type { Context } from "../../terminal/context.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";
import { withVault } from "../../access/session.js";
import { reportFooter, type Hint, styleFor, print } from "../../terminal/terminal.js";
import { nextCommand } from "../../runs/next-command.js";
import { invalidValue } from "../../target/invalid-value.js";
import { explainMoment, momentOf } from "../../target/moment.js";
import { notRequired } from "../../target/selection.js";

export interface HistoryOptions extends ConfigOption {
  readonly since?: string;
  readonly limit?: string;
}

/** `phalanx secrets history ENV [APP[/KEY]...]`: who wrote what and when, with one event per sync. */
export async function run(
  context: Context,
  name: string,
  names: readonly string[],
  options: HistoryOptions,
): Promise<ExitCode> {
  const limit = options.limit === undefined ? undefined : countOf("--limit", options.limit);
  const moment = options.since === undefined ? undefined : momentOf("--since", options.since, names);
  const loaded = loadFromTree(context, name, options);
  const { environment } = loaded;
  const only = names.length === 0 ? undefined : new Set(names.map((chosen) => splitName(chosen)[0]));
  const { histories, since } = await withVault(context, loaded, undefined, async (session) => {
    const first = moment && momentAt(moment, session.clock.now());
    const isAll = first === undefined && limit === undefined;
    const choose = (found: readonly ApplicationHistory[]): ReturnType<typeof versionsOf> =>
      versionsOf(found, { names, since: first, limit });
    const read = await readHistory(session, environment.vault, { only, ...(!isAll && { choose }) });
    return { histories: read, since: first };
  });
  for (const chosen of names) requireKnown(environment, chosen, histories, since === undefined && limit === undefined);
  if (moment && since) explainMoment(context, { option: "--since", given: options.since ?? "", moment, time: since });
  const shown = filterEvents(alignByRun(histories), { names, since, limit });
  if (context.answer) context.answer.result({ environment: name, events: shown });
  else
    print(
      context.stdout,
      renderHistory({ environment: name, events: shown, since }, styleFor(context, context.stdout)) +
        ending(context, name, names, shown, options),
    );
  return ExitCode.ok;
}

function countOf(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw invalidValue(option, text, "count");
}

/**
 * A name unknown to both Vault and the configuration is a typo.
 *
 * @param isAll Whether everything in Vault was read, so that a key found nowhere never existed.
 */
function requireKnown(
  environment: Environment,
  name: string,
  histories: readonly ApplicationHistory[],
  isAll: boolean,
): void {
  const [application, key] = splitName(name);
  const declared = environment.applications.get(application);
  const found = histories.find((history) => history.application === application);
  const isKnown =
    key === undefined || application === PULL_SECRET
      ? declared !== undefined || found !== undefined || application === PULL_SECRET
      : (declared?.secrets.has(key) ?? false) ||
        (declared?.notRequired.has(key) ?? false) ||
        (found !== undefined && (!isAll || found.versions.some(({ values }) => values?.has(key) ?? true)));
  if (isKnown) return;
  throw new PhalanxError(notRequired(environment, "history", name));
}

/** For a person: how many events there are, and how to undo the newest. */
function ending(
  context: Context,
  name: string,
  names: readonly string[],
  events: readonly HistoryEvent[],
  options: ConfigOption,
): string {
  if (!context.stdout.isTTY || events.length === 0) return "";
  const hints = undoHint(name, names, events, options);
  return `\n${reportFooter(context, hints, count(events.length, "event"))}`;
}

/** The undo of a run would leave what another program wrote after it. */
function undoHint(
  name: string,
  names: readonly string[],
  [newest, ...earlier]: readonly HistoryEvent[],
  options: ConfigOption,
): Hint[] {
  const preview = (...words: readonly string[]): string =>
    nextCommand(["secrets", "restore", name, ...words, "--dry-run"], options);
  const [entry, ...others] = newest?.entries ?? [];
  if (newest?.writer === undefined && entry !== undefined && others.length === 0) {
    const { application, version, kind } = entry;
    const before = kind === "write" ? version - 1 : version;
    const own = names.filter((each) => splitName(each)[0] === application);
    const what = own.length > 0 ? own : [application];
    return kind === "undelete" || before === 0
      ? []
      : [
          [
            `The newest write shown is not recorded as written by phalanx. To see what restoring ${what.map(printable).join(", ")} to the state before it would do:`,
            preview("--kv-version", `${before}`, ...what),
          ],
        ];
  }
  const run = [newest, ...earlier].find((event) => event?.writer !== undefined)?.writer?.run;
  return run === undefined ? [] : [["To see what undoing the newest run would do:", preview("--run", run)]];
}
