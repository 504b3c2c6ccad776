import type { AnyDiagnostic, Place } from "../model/diagnostic.js";
import type { Environment, OnepasswordLocation } from "../model/environment.js";
import { collectProblems, throwProblems } from "../problems.js";
import { loadApplication } from "./application.js";
import { listEnvironments, readDefaults, readSettings } from "./environment-settings.js";
import { readTreeFile, rememberFiles } from "./tree-file.js";
import type { Tree } from "./tree.js";
import type { PartialLocation } from "./vault-location.js";

/** One environment of many, or why it cannot be read. Siblings are not looked for. */
export type EnvironmentReading =
  | { readonly environment: Environment; readonly problems?: never }
  | {
      readonly environment?: never;
      readonly problems: readonly AnyDiagnostic[];
      /** What could be read all the same. */
      readonly location: PartialLocation;
      readonly onepassword: OnepasswordLocation | undefined;
    };

/** All environments of a tree, each read when it is asked for; what is wrong with one does not disturb the others. */
export interface EachEnvironment {
  /** In code point order. */
  readonly names: readonly string[];
  read(name: string): EnvironmentReading;
  /** Where a setting of an environment stands, or the nearest thing around it. */
  position(name: string, path: readonly string[]): Place;
}

/** @throws ConfigurationError if nobody can say which environments there are. */
export function eachEnvironment(tree: Tree): EachEnvironment {
  rememberFiles(tree);
  const problems = collectProblems();
  const names = listEnvironments(tree, problems) ?? [];
  throwProblems(problems, { of: "environments" });
  return {
    names,
    read: (name) => readOne(tree, name),
    position: (name, path) => settingPosition(tree, name, path),
  };
}

function readOne(tree: Tree, name: string): EnvironmentReading {
  const problems = collectProblems();
  const { settings, location } = readSettings(tree, name, readDefaults(tree, problems), problems);
  const applications = new Map(
    (settings?.enabled ?? []).map((application) => [application, loadApplication(tree, application, name, problems)]),
  );
  if (settings === undefined || problems.found.length > 0)
    return { problems: problems.found, location, onepassword: settings?.onepassword };
  const { vault, onepassword, disabled } = settings;
  return { environment: { name, vault, onepassword, applications, disabled, siblings: () => [] } };
}

function settingPosition(tree: Tree, name: string, path: readonly string[]): Place {
  const own = `environments/values-${name}.yaml`;
  const files = [own, "environments/values.yaml"].flatMap((each) => {
    const file = readTreeFile(tree, each, collectProblems());
    return typeof file === "string" ? [] : [file];
  });
  const file = files.find((each) => each.keys(path.slice(0, -1)).includes(path.at(-1) ?? "")) ?? files[0];
  return file?.position(path, "value") ?? { file: tree.display(own) };
}
