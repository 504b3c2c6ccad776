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
 */
export function restartAdvice(restarts: readonly AppliedRestart[], look: string): string {
  if (restarts.length === 0) return "";
  if (isNothing(restarts)) return `${nothingText(restarts)}\n`;
  const lines = restartLines(restarts).map((line) => `    ${line}\n`);
  return (
    "Do not restart anything yet. Wait until the cluster has the new values. To check, and to see which workloads hold which values:\n" +
    `    ${look}\nThen restart the workloads that hold the old values:\n${lines.join("")}`
  );
}

/** Whether nothing uses what has changed, according to the charts, provided that they were all understood. */
export function isNothing(restarts: readonly AppliedRestart[]): boolean {
  return restarts.every(({ steps, unknown }) => steps.length + unknown.length === 0);
}

export function nothingText(restarts: readonly AppliedRestart[]): string {
  const how = restarts.some(({ by }) => by === "templates") ? ", judging by the text of their templates" : "";
  return `Nothing to restart: nothing in the charts uses what has changed${how}.`;
}

/** One line each, in a safe order; anything but a command is a shell comment. */
export function restartLines(restarts: readonly AppliedRestart[]): string[] {
  const how = restarts.some(({ by }) => by === "templates") ? [READ] : [];
  return [...restarts.flatMap((restart) => linesOf(restart, restarts)), ...how];
}

const READ = "# from the text of the chart templates, without helm: this list may be incomplete";

function linesOf({ application, steps, unknown }: AppliedRestart, restarts: readonly AppliedRestart[]): string[] {
  const lines = steps.map(stepLine);
  const gaps = unknown.map((gap) => `# not known: ${gapText(gap)}`);
  const isUnused = lines.length + gaps.length === 0 && !isInAnother(application, restarts);
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
      return `${where}: do not restart it yet, because it uses ${(step.missing ?? []).map(printable).join(", ")}, now missing`;
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
