import type { AppliedRestart, RestartStep } from "../model/impact.js";
import { commandLine } from "../model/shell.js";
import { gapText } from "./consumer-gap.js";
import { gapResult } from "./consumers.js";
import { printable } from "./printable.js";
import { objectText } from "./use.js";

/**
 * What has to be restarted, as lines to paste.
 *
 * @param look The command that shows whether the new values have arrived.
 * @param later The same once the missing values are back: another run brings them.
 * @param databases The new passwords of databases, as APP/KEY.
 */
export function restartAdvice(
  restarts: readonly AppliedRestart[],
  { look, later }: { readonly look: string; readonly later: string },
  databases: readonly string[],
): string {
  if (restarts.length === 0) return "";
  if (isNothing(restarts)) return `${nothingText(restarts)}\n`;
  const { toRestart, notYet } = restartLines(restarts);
  const restart =
    toRestart.length === 0
      ? ""
      : "Do not restart anything yet. Wait until the cluster has these changes. To check, and to see which workloads hold which values:\n" +
        `    ${look}\n${databaseText(databases)}Then restart the workloads that hold replaced or deleted values:\n${indented(toRestart)}`;
  // What brings a missing value back lists only the workloads that use that value.
  const after = notYet.length === 0 ? "" : `After that, this shows what to restart:\n    ${later}\n`;
  return restart + notYetText(notYet) + after;
}

/**
 * The same after a run that stopped early: anyone who restarts now, or sets a new password in a database, may cut off what
 * follows the changed secrets and still has old values.
 *
 * @param later If the run that continues it does not cover this part: the command that shows afterwards what to restart,
 * and the new passwords of databases, as APP/KEY.
 */
export function stoppedAdvice(
  restarts: readonly AppliedRestart[],
  later: { readonly look: string; readonly databases: readonly string[] } | undefined,
): string {
  if (restarts.length === 0 || isNothing(restarts)) return "";
  const { notYet } = restartLines(restarts);
  return `Do not restart anything before this run is continued or undone: secrets that follow the changed ones may still have their old values.\n${later ? laterText(later.look, later.databases) : ""}${notYetText(notYet)}`;
}

function laterText(look: string, databases: readonly string[]): string {
  const passwords = databases.map(printable).join(" or ");
  return (
    `After you continue it, this shows what to restart for the changes above, too:\n    ${look}\n` +
    (passwords === ""
      ? ""
      : `If a database uses ${passwords}: only after that, and before the restarts, make sure that it accepts the password that Vault holds then.\n`)
  );
}

function notYetText(notYet: readonly string[]): string {
  return notYet.length === 0 ? "" : `${NOT_YET}\n${indented(notYet)}`;
}

function databaseText(databases: readonly string[]): string {
  return databases.length === 0
    ? ""
    : `If a database uses ${databases.map(printable).join(" or ")}: before the restarts, make sure that it accepts the password that Vault holds now. If an init container sets that password, restart its workload first; if a Job does, run the Job again first (they may not be in this list).\n`;
}

/** The heading of what must not be restarted. */
export const NOT_YET =
  "Do not restart these until the missing values are in Vault again, or their charts no longer read them:";

function indented(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}\n`).join("");
}

/** Whether nothing uses what has changed, according to the charts, provided that they were all understood. */
export function isNothing(restarts: readonly AppliedRestart[]): boolean {
  return restarts.every(({ steps, unknown }) => steps.length + unknown.length === 0);
}

export function nothingText(restarts: readonly AppliedRestart[]): string {
  const how = restarts.some(({ by }) => by === "templates") ? ", judging by the text of their templates" : "";
  return `Nothing to restart: nothing in the charts uses what has changed${how}.`;
}

/** What to restart, and what not. */
export interface RestartLines {
  readonly toRestart: readonly string[];
  /** It uses something that is now missing. */
  readonly notYet: readonly string[];
}

/** One line each, in a safe order; anything but a command is a shell comment. */
export function restartLines(restarts: readonly AppliedRestart[]): RestartLines {
  const how = restarts.some(({ by }) => by === "templates") ? [READ] : [];
  const toRestart = restarts.flatMap((restart) => linesOf(restart, restarts));
  const notYet = restarts.flatMap(({ steps }) => steps.filter(isNotYet).map(stepLine));
  return toRestart.length === 0
    ? { toRestart, notYet: [...notYet, ...how] }
    : { toRestart: [...toRestart, ...how], notYet };
}

function isNotYet({ advice }: RestartStep): boolean {
  return advice === "not-yet";
}

const CHECK = "A restart may be missing from this list: check whether one of its workloads uses what has changed";
const READ = "# from the text of the chart templates, without helm: this list may be incomplete";

function linesOf({ application, steps, unknown }: AppliedRestart, restarts: readonly AppliedRestart[]): string[] {
  const lines = steps.filter((step) => !isNotYet(step)).map(stepLine);
  const gaps = unknown.map((gap) => `# ${gapText(gap)}. ${CHECK}`);
  const isUnused = steps.length + gaps.length === 0 && !isInAnother(application, restarts);
  return isUnused ? [`# ${printable(application)}: no workload holds what has changed`] : [...lines, ...gaps];
}

/**
 * Whether its steps may be listed elsewhere: a workload that uses secrets of several applications is listed with the
 * last of them.
 */
function isInAnother(application: string, restarts: readonly AppliedRestart[]): boolean {
  const at = restarts.findIndex((each) => each.application === application);
  return restarts.slice(at + 1).some(({ steps }) => steps.length > 0) && restarts[at]?.secret !== null;
}

function stepLine(step: RestartStep): string {
  const { object, advice, files } = step;
  const where = `# ${objectText(object)} in ${printable(object.namespace)}`;
  switch (advice) {
    case "rollout-restart": {
      const line = printable(restartCommand(step) ?? "");
      return files ? `${line}  # not needed if it rereads its files` : line;
    }
    case "not-yet":
      return `${where}: it uses ${(step.missing ?? []).map(printable).join(", ")}`;
    case "next-run":
      return `${where}: its next run uses the new value`;
    case "run-again":
      return `${where}: run it again, if its result depends on the value`;
    case "make-anew":
      return `${where}: create it again`;
    case "look":
      return `${where}: check whether it picks up the new value by itself`;
  }
}

/** The command that restarts it, if a single one does. */
export function restartCommand({ object: { kind, namespace, name }, advice }: RestartStep): string | undefined {
  if (advice !== "rollout-restart") return undefined;
  return commandLine("kubectl", "-n", namespace, "rollout", "restart", `${kind.toLowerCase()}/${name}`);
}

/** The same for programs. */
export function restartResult(restarts: readonly AppliedRestart[]): object[] {
  return restarts.map(({ application, namespace, by, steps, unknown }) => ({
    application,
    namespace,
    by,
    steps: steps.map((step) => ({
      ...step.object,
      advice: step.advice,
      files: step.files,
      command: restartCommand(step) ?? null,
    })),
    notKnown: unknown.map(gapResult),
  }));
}
