import { addressChanges, type ConfigurationDiff, differs, newStatic } from "../model/configuration-diff.js";

/** A comparison for programs. */
export function diffResult(diff: ConfigurationDiff): object {
  const { before, after, fleet, environments } = diff;
  const needsPerson = environments.flatMap((environment) =>
    newStatic(environment).map(({ application, key, description }) => ({
      environment: environment.environment,
      application,
      key,
      description,
    })),
  );
  return {
    before,
    after,
    addresses: addressChanges(diff),
    fleetConfig: { unreadable: fleet.unreadable },
    needsPerson,
    environments: environments.filter(differs),
  };
}
