import {
  checkSettings,
  type EnvironmentSettings,
  listEnvironments,
  positionIn,
} from "../config/environment-settings.js";
import { misnamedSettings } from "../config/misnamed.js";
import type { Tree } from "../config/tree.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { compareCodePoints } from "../model/code-points.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { collectProblems } from "../problems.js";
import { deploy } from "./deploy.js";
import { type LintFile, readDirectory, readFile } from "./file.js";
import { type Report, reportProblems } from "./findings.js";
import { loadApplication } from "./load-application.js";
import type { LintModel, Location } from "./model.js";

export interface LoadOptions {
  /** Whether Helm templates are read too. */
  readonly templates: boolean;
}

/** Reads a whole tree, each file once, and reports problems of single files. */
export function loadModel(tree: Tree, { templates }: LoadOptions, report: Report): LintModel {
  const names =
    reportProblems("unreadable-file", { environments: [], report }, (problems) => listEnvironments(tree, problems)) ??
    [];
  for (const { path, meant, environment } of misnamedSettings(tree)) {
    // It concerns the environment that is missing because of it.
    const concerned = environment === undefined ? names : [environment];
    report(diagnostic("file-misnamed", { path, meant }, { place: { file: path } }), concerned);
  }
  const { settings, locations } = loadSettings(tree, names, report);
  const enabledIn = new Map<string, string[]>();
  for (const { name, enabled } of settings) {
    for (const application of enabled) {
      const others = enabledIn.get(application);
      if (others) others.push(name);
      else enabledIn.set(application, [name]);
    }
  }
  const listed = readDirectory(tree, "applications", { environments: [], report });
  const applications = [...new Set([...listed, ...enabledIn.keys()])].sort(compareCodePoints).flatMap((name) => {
    const found = loadApplication(tree, name, {
      environments: enabledIn.get(name) ?? [],
      known: names,
      report,
      templates,
    });
    return found ? [found] : [];
  });
  const byName = new Map(applications.map((application) => [application.name, application]));
  return { names, locations, applications, environments: deploy(settings, byName, report) };
}

const DEFAULTS = "environments/values.yaml";

function loadSettings(
  tree: Tree,
  names: readonly string[],
  report: Report,
): { readonly settings: EnvironmentSettings[]; readonly locations: Location[] } {
  const settings: EnvironmentSettings[] = [];
  const locations: Location[] = [];
  const defaults = settingsFile(tree, DEFAULTS, names, report);
  for (const name of names) {
    const file = settingsFile(tree, `environments/values-${name}.yaml`, [name], report);
    const [mapping, shared] = [file?.mapping, defaults?.mapping];
    if (file === undefined || mapping === undefined || shared === undefined) continue;
    const problems = collectProblems();
    const reading = checkSettings(name, mapping, shared, problems);
    for (const problem of problems.found) {
      report(problem.place?.file === DEFAULTS ? ofNobody(problem) : problem, [name], "settings");
    }
    for (const slip of problems.warnings) {
      report(slip.place?.file === DEFAULTS ? ofNobody(slip) : slip, [name], "mistyped-setting");
    }
    checkName(name, mapping, shared, report);
    if (reading.settings) settings.push(reading.settings);
    const place = () => positionIn(mapping, shared)("vaultPathPrefix");
    locations.push({ environment: name, location: reading.location, place });
  }
  return { settings, locations };
}

/** Charts receive the name in the file, while Vault and the operator use the name of the file. */
function checkName(environment: string, own: MappingFile, shared: MappingFile, report: Report): void {
  const name = own.value["name"] ?? shared.value["name"];
  if (typeof name !== "string" || name === "" || name === environment) return;
  const place = positionIn(own, shared)("name");
  report(diagnostic("environment-name-differs", { name }, { subject: { environment }, place }), [environment]);
}

/** An error in the defaults is one finding, not specific to any environment. */
function ofNobody(problem: AnyDiagnostic): AnyDiagnostic {
  const { application, key } = problem.subject ?? {};
  return { ...problem, subject: { ...(application && { application }), ...(key && { key }) } };
}

/** A non-empty settings file. */
function settingsFile(tree: Tree, path: string, environments: readonly string[], report: Report): LintFile | undefined {
  const file = readFile(tree, path, { environments, report });
  if (!file.mapping?.isEmpty) return file;
  report(diagnostic("file-empty", {}, { place: { file: path } }), environments);
  return undefined;
}
