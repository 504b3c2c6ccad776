import { type DeclaredApplication, resolveApplication } from "../config/application.js";
import type { EnvironmentSettings } from "../config/environment-settings.js";
import { mergeOverrides } from "../config/helm-values.js";
import type { Application } from "../model/environment.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { collectProblems } from "../problems.js";
import { type LintFile, placeIn } from "./file.js";
import { type Report } from "./findings.js";
import type { Deployed, Entry, LintApplication, LintEnvironment } from "./model.js";

/** An application under some pair of files. */
interface Outcome {
  readonly values: DeclaredApplication["values"];
  readonly entries: ReadonlyMap<string, Entry>;
  readonly resolved: Application;
  readonly conflicts: readonly AnyDiagnostic[];
}

/** Evaluates every condition in every environment; environments without files of their own share one evaluation. */
export function deploy(
  settings: readonly EnvironmentSettings[],
  applications: ReadonlyMap<string, LintApplication>,
  report: Report,
): LintEnvironment[] {
  const shared = new Map<string, Outcome>();
  const outcomeIn = (application: LintApplication, environment: string): Outcome => {
    if (application.valuesOf.has(environment) || application.secretsOf.has(environment))
      return evaluate(application, environment);
    const known = shared.get(application.name) ?? evaluate(application, environment);
    shared.set(application.name, known);
    return known;
  };
  return settings.map((own) => {
    const deployed = own.enabled.flatMap((name): [string, Deployed][] => {
      const application = applications.get(name);
      if (application === undefined) return [];
      const { conflicts, ...outcome } = outcomeIn(application, own.name);
      for (const conflict of conflicts) {
        report(conflict, [own.name], "conflicting-rules");
      }
      return [[name, { application, ...outcome, unsure: isUnsure(application, own.name) }]];
    });
    return { name: own.name, settings: own, deployed: new Map(deployed) };
  });
}

function evaluate(application: LintApplication, environment: string): Outcome {
  const { name, values: base, valuesOf, secrets, secretsOf } = application;
  const override = valuesOf.get(environment)?.mapping?.value;
  const values = override ? mergeOverrides(base?.mapping?.value ?? {}, override) : (base?.mapping?.value ?? {});
  const entries = new Map([...(secrets?.entries ?? []), ...(secretsOf.get(environment)?.entries ?? [])]);
  const declared = [...entries].map(([key, { written, file }]) => {
    return [key, { written, file: file.path, position: () => placeIn(file, [key]) }] as const;
  });
  const problems = collectProblems();
  const resolved = resolveApplication({ name, values, secrets: new Map(declared) }, problems);
  return { values, entries, resolved, conflicts: problems.found };
}

function isUnsure(application: LintApplication, environment: string): boolean {
  const { values, valuesOf, secrets, secretsOf } = application;
  const files = [values, valuesOf.get(environment), secrets?.file, secretsOf.get(environment)?.file];
  return files.some((file: LintFile | undefined) => file?.refused);
}
