import { isMapping } from "../yaml/kind.js";
import { readMapping } from "../yaml/mapping-file.js";
import { collectProblems } from "../problems.js";
import type { LintApplication } from "./model.js";

/** Whether a template names a value, so that it is no slip where no values file has it: Helm takes it for unset. */
export function isNamedByTemplate({ templates = [] }: LintApplication, path: string): boolean {
  return templates.some(({ text }) =>
    text
      .split(`.Values.${path}`)
      .slice(1)
      .some((rest) => !/^[\w-]/.test(rest)),
  );
}

/** Whether a value is handed on to a chart that this one depends on, which may have a default that nobody sees here. */
export function isOfDependency({ chart }: LintApplication, path: string): boolean {
  // What is wrong with the file concerns Helm.
  const { dependencies } = readMapping(chart, () => "Chart.yaml", collectProblems())?.value ?? {};
  if (!Array.isArray(dependencies)) return false;
  const [first] = path.split(".");
  return dependencies.some(
    (dependency) => isMapping(dependency) && (dependency["alias"] ?? dependency["name"]) === first,
  );
}
