import { isTruthy, valueAt } from "../config/helm-values.js";
import type { RuleName } from "../model/declaration.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Place } from "../model/diagnostic.js";
import type { YamlValue } from "../yaml/kind.js";
import { isNamedByTemplate, isOfDependency } from "./chart-values.js";
import { placeIn } from "./file.js";
import { nearestPath } from "./nearest-path.js";
import type { Report } from "./findings.js";
import { allEntries, allValues, type Deployed, type Entry, type LintApplication, placeOf } from "./model.js";
import { knownPaths, obstacleOn } from "./value-paths.js";

interface Condition {
  readonly entry: Entry;
  readonly of: RuleName;
  readonly path: string;
}

/** An application in each environment that enables it. */
export type Deployments = ReadonlyMap<string, Deployed>;

/**
 * Reports conditions that lead nowhere or have no effect, and secrets that nothing requires.
 *
 * @param isComplete Whether all environments that may enable the application could be read.
 */
export function checkConditions(
  application: LintApplication,
  deployments: Deployments,
  isComplete: boolean,
  report: Report,
): void {
  const entries = allEntries(application);
  const { enabledIn, secrets } = application;
  if (enabledIn.length === 0) {
    if (entries.length === 0 || !isComplete) return;
    const place = { file: (secrets?.file ?? entries[0]?.file)?.path ?? "" };
    const subject = { application: application.name };
    report(diagnostic("application-enabled-nowhere", { secrets: entries.length }, { subject, place }), []);
  }
  // Broken values allow no conclusion.
  if ([...deployments.values()].some(({ unsure }) => unsure) || allValues(application).some((file) => !file.mapping))
    return;
  const known = knownPaths(application);
  for (const entry of entries) {
    const inForce = [...deployments].filter(([, { entries: here }]) => here.get(entry.key) === entry);
    for (const condition of conditionsOf(entry)) check(condition, { application, inForce, isComplete, known, report });
  }
}

interface Circumstances {
  readonly application: LintApplication;
  /** The environments in which the entry applies. */
  readonly inForce: readonly (readonly [string, Deployed])[];
  readonly isComplete: boolean;
  /** Every path in any of the application's values files, computed on demand. */
  readonly known: () => ReadonlySet<string>;
  readonly report: Report;
}

function check({ entry, of, path }: Condition, circumstances: Circumstances): void {
  const { application, inForce, isComplete, known, report } = circumstances;
  const about = () => ({
    subject: { application: entry.application, key: entry.key },
    place: placeOf(entry, of === "secret" ? ["if"] : [of, "if"]),
  });
  let isBlocked = false;
  for (const [environment, { values }] of inForce) {
    const obstacle = obstacleOn(path, values);
    if (obstacle === undefined) continue;
    isBlocked = true;
    report(diagnostic("condition-through-value", { condition: path, ...obstacle }, about()), [environment]);
  }
  if (isBlocked) return;
  const misread = inForce.filter(([, { values }]) => looksFalse(valueAt(values, path)));
  for (const [environment] of misread) {
    const place = placeOfValue(application, environment, path);
    report(diagnostic("condition-text-boolean", { condition: path }, { ...about(), place }), [environment]);
  }
  if (misread.length > 0) return;
  if (!known().has(path) && !isNamedByTemplate(application, path)) {
    const meant = nearestPath(path, known());
    if (meant !== undefined || !isOfDependency(application, path)) {
      report(
        diagnostic("condition-unknown", { condition: path, ...(meant && { meant }) }, about()),
        application.enabledIn,
      );
      return;
    }
  }
  const outcomes = inForce.map(([, { values }]) => isTruthy(valueAt(values, path)));
  const environments = inForce.map(([environment]) => environment);
  const [first] = outcomes;
  if (!isComplete || first === undefined || outcomes.some((outcome) => outcome !== first)) return;
  if (of === "secret" && !first) {
    report(diagnostic("condition-always-false", { condition: path }, about()), environments);
  } else if (outcomes.length > 1) {
    const details = { condition: path, holds: first, environments: outcomes.length };
    report(diagnostic("condition-constant", details, about()), environments);
  }
}

/** Whether a value is a string that its author meant as false. */
function looksFalse(value: YamlValue | undefined): boolean {
  return typeof value === "string" && /^(false|no|off|0|null|none|~)$/i.test(value.trim());
}

/** Where an environment's effective value at a path is written: in the last of its files that has one. */
function placeOfValue({ values, valuesOf }: LintApplication, environment: string, path: string): Place | undefined {
  const own = valuesOf.get(environment);
  const file = own?.mapping && valueAt(own.mapping.value, path) !== undefined ? own : values;
  return file && placeIn(file, path.split("."), "value");
}

function conditionsOf(entry: Entry): Condition[] {
  const { written } = entry;
  const conditions: [RuleName, string | null | undefined][] = [
    ["secret", written.if],
    ["copy", written.copy?.if],
    ["generate", written.generate?.if],
  ];
  return conditions.flatMap(([of, path]) => (path ? [{ entry, of, path }] : []));
}
