import { recordReadings, type Tree } from "../config/tree.js";
import type { Finding, LintReport } from "../model/lint.js";
import { checkCharts } from "./charts.js";
import { checkChartPaths } from "./chart-paths.js";
import { checkConditions } from "./conditions.js";
import { checkEntries } from "./entries.js";
import { checkFiles } from "./files.js";
import { checkAccess, checkFleet } from "./fleet.js";
import { collectFindings, compareFindings, type Report } from "./findings.js";
import { applyIgnores, findIgnores } from "./ignore.js";
import { loadModel, type LoadOptions } from "./load.js";
import type { LintModel } from "./model.js";
import { checkApiPaths, checkAppRoles, checkPrefixes } from "./shared-prefix.js";
import { checkSources } from "./sources.js";
import { findUnresolved } from "./unresolved.js";

/** Checks a whole tree, every environment and every file of every application. Each file is read once. */
export function lintTree(tree: Tree, options: LoadOptions): LintReport {
  const { report, finish } = collectFindings();
  const recorded = recordReadings(tree);
  const model = loadModel(recorded, options, report);
  checkModel(model, report);
  checkAccess(recorded, model.names, report);
  checkFleet(recorded, model.names, report);
  const found = finish();

  const comments = collectFindings();
  const ignores = [...recorded.readings].flatMap(([path, text = ""]) => findIgnores({ path, text }, comments.report));
  const { kept, ignored } = applyIgnores(
    found,
    // An ignore comment is not unused if its rule was not checked.
    ignores.filter(({ rule }) => options.templates || !rule.startsWith("chart-")),
    comments.report,
  );
  const findings = [...kept, ...comments.finish()].sort(compareFindings);
  return { findings, environments: model.names, ignored };
}

function checkModel(model: LintModel, report: Report): void {
  const { environments, applications, names } = model;
  const isComplete = environments.length === names.length;
  for (const environment of environments) {
    findUnresolved(environment, report);
    checkSources(environment, report);
  }
  for (const application of applications) {
    const deployments = environments.flatMap(({ name, deployed }) => {
      const here = deployed.get(application.name);
      return here ? [[name, here] as const] : [];
    });
    checkConditions(application, new Map(deployments), isComplete, report);
    checkEntries(application, report);
  }
  checkFiles(model, report);
  checkPrefixes(model, report);
  checkAppRoles(model, report);
  checkApiPaths(model, report);
  checkCharts(model, report);
  checkChartPaths(model, report);
}

/** Only findings that concern some environments. */
export function onlyConcerning(report: LintReport, names: ReadonlySet<string>): LintReport {
  const concerning = <F extends Finding>(findings: readonly F[]): F[] =>
    findings.flatMap((finding) => {
      const environments = finding.environments.filter((name) => names.has(name));
      return environments.length > 0 ? [{ ...finding, environments }] : [];
    });
  return {
    findings: concerning(report.findings),
    environments: report.environments.filter((name) => names.has(name)),
    ignored: concerning(report.ignored),
  };
}
