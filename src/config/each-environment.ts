import type { AnyDiagnostic, Place } from "../model/diagnostic.js";
import type { Environment, OnepasswordLocation } from "../model/environment.js";
import { collectProblems, throwProblems } from "../problems.js";
import { loadApplication } from "./application.js";
import { listEnvironments, readDefaults, readSettings } from "./environment-settings.js";
import { readTreeFile, rememberFiles } from "./tree-file.js";
import type { Tree } from "./tree.js";
import type { PartialLocation } from "./vault-location.js";

/** One of many environments, or why it cannot be read. Does not look for siblings. */
export type EnvironmentReading =
  | { readonly environment: Environment; readonly problems?: never }
  | {
      readonly environment?: never;
      readonly problems: readonly AnyDiagnostic[];
      /** What could be read anyway. */
      readonly location: PartialLocation;
      readonly onepassword: OnepasswordLocation | undefined;
    };

/** All environments of a tree, each read on demand; problems of one do not affect the others. */
export interface EachEnvironment {
  /** In code point order. */
  readonly names: readonly string[];
  read(name: string): EnvironmentReading;
  /** The position of an environment's setting, or of the nearest element around it. */
  position(name: string, path: readonly string[]): Place;
}

/** @throws ConfigurationError if the environments cannot be listed. */
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
