import type { Application } from "../model/environment.js";
import type { ApplicationSwitch } from "../model/explanation.js";
import { isName } from "../model/names.js";
import { collectProblems, throwProblems } from "../problems.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { isMapping } from "../yaml/kind.js";
import { loadApplication } from "./application.js";
import { settingEdit } from "./edit.js";
import { attempt, readTreeFile } from "./tree-file.js";
import type { Tree } from "./tree.js";

/** Where an environment's settings, already read, determine whether an application is enabled. */
export function switchOf(tree: Tree, environment: string, application: string, enabled: boolean): ApplicationSwitch {
  const own = `environments/values-${environment}.yaml`;
  const path = ["applications", application];
  const deciding = [own, "environments/values.yaml"].flatMap((file): MappingFile[] => {
    const found = readTreeFile(tree, file, collectProblems());
    return typeof found !== "string" && names(found, application) ? [found] : [];
  });
  return {
    application,
    enabled,
    decidedBy: deciding[0]?.position(path, "value"),
    change: enabled ? undefined : settingEdit(tree, own, path),
  };
}

function names({ value }: MappingFile, application: string): boolean {
  const applications = value["applications"];
  return isMapping(applications) && Object.hasOwn(applications, application);
}

/**
 * What an application would require if it were enabled; undefined if there is no such chart.
 *
 * @throws ConfigurationError with all of its problems.
 */
export function loadAsEnabled(tree: Tree, environment: string, application: string): Application | undefined {
  const problems = collectProblems();
  if (!isName(application)) return undefined;
  const exists = attempt(problems, () => tree.exists(`applications/${application}/Chart.yaml`));
  if (exists === false) return undefined;
  const loaded = loadApplication(tree, application, environment, problems);
  throwProblems(problems, { of: "application", name: application });
  return loaded;
}
