import { isMapping } from "../yaml/kind.js";
import { readMapping } from "../yaml/mapping-file.js";
import { collectProblems } from "../problems.js";
import type { LintApplication } from "./model.js";

/**
 * Whether a template names a value, so that its absence from every values file is not an error: Helm treats it as
 * unset.
 */
export function isNamedByTemplate({ templates = [] }: LintApplication, path: string): boolean {
  return templates.some(({ text }) =>
    text
      .split(`.Values.${path}`)
      .slice(1)
      .some((rest) => !/^[\w-]/.test(rest)),
  );
}

/** Whether a value is passed to a chart that this one depends on, which may have a default that is not visible here. */
export function isOfDependency({ chart }: LintApplication, path: string): boolean {
  // Only Helm cares about errors in this file.
  const { dependencies } = readMapping(chart, () => "Chart.yaml", collectProblems())?.value ?? {};
  if (!Array.isArray(dependencies)) return false;
  const [first] = path.split(".");
  return dependencies.some(
    (dependency) => isMapping(dependency) && (dependency["alias"] ?? dependency["name"]) === first,
  );
}
