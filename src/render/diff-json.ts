import { addressChanges, type ConfigurationDiff, differs, newStatic } from "../model/configuration-diff.js";
import { jsonText } from "./json.js";

/** A comparison for programs. */
export function renderDiffJson(diff: ConfigurationDiff): string {
  const { before, after, fleet, environments } = diff;
  const needsPerson = environments.flatMap((environment) =>
    newStatic(environment).map(({ application, key, description }) => ({
      environment: environment.environment,
      application,
      key,
      description,
    })),
  );
  return jsonText({
    before,
    after,
    addresses: addressChanges(diff),
    fleetConfig: { unreadable: fleet.unreadable },
    needsPerson,
    environments: environments.filter(differs),
  });
}
