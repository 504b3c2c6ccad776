import {
  addressChanges,
  type ConfigurationDiff,
  differs,
  newStatic,
  type UnreadableSide,
} from "../model/configuration-diff.js";
import { diagnosticJson } from "./diagnostic-json.js";

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
    fleetConfig: { unreadable: fleet.flatMap(({ unreadable }) => unreadable.map(unreadableSide)) },
    needsPerson,
    environments: environments
      .filter(differs)
      .map((environment) => ({ ...environment, unreadable: environment.unreadable.map(unreadableSide) })),
  };
}

function unreadableSide({ side, problems }: UnreadableSide): object {
  return { side, problems: problems.map(diagnosticJson) };
}
