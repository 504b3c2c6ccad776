import { type ConfigurationDiff, differs, newStatic } from "../model/configuration-diff.js";

/** A comparison for programs. */
export function renderDiffJson(diff: ConfigurationDiff): string {
  const { before, after, environments } = diff;
  const needsPerson = environments.flatMap((environment) =>
    newStatic(environment).map(({ application, key, description }) => ({
      environment: environment.environment,
      application,
      key,
      description,
    })),
  );
  return `${JSON.stringify({ before, after, needsPerson, environments: environments.filter(differs) }, null, 2)}\n`;
}
