import { isTruthy, valueAt } from "../config/condition.js";
import type { RuleName } from "../model/declaration.js";
import { nearestPath } from "./nearest-path.js";
import type { Report } from "./findings.js";
import { allEntries, allValues, type Deployed, type Entry, type LintApplication, placeOf } from "./model.js";
import { knownPaths, obstacleOn } from "./value-paths.js";

/** One condition of an entry. */
interface Condition {
  readonly entry: Entry;
  readonly of: RuleName;
  readonly path: string;
}

/** An application in each environment that enables it. */
export type Deployments = ReadonlyMap<string, Deployed>;

/**
 * Reports conditions that lead nowhere or say nothing, and secrets that nobody requires.
 *
 * @param isComplete Whether everybody who may enable the application could be asked.
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
    report({
      rule: "required-nowhere",
      file: (secrets?.file ?? entries[0]?.file)?.path ?? "",
      line: 1,
      column: 1,
      message: `no environment enables ${application.name}, so nothing requires its ${entries.length === 1 ? "secret" : `${entries.length} secrets`}`,
      hint: "Enable it, or remove it.",
      environments: [],
    });
  }
  // Of broken values nothing can be said.
  if ([...deployments.values()].some(({ unsure }) => unsure) || allValues(application).some((file) => !file.mapping))
    return;
  const known = knownPaths(application);
  for (const entry of entries) {
    const inForce = [...deployments].filter(([, { entries: here }]) => here.get(entry.key) === entry);
    for (const condition of conditionsOf(entry)) check(condition, { inForce, enabledIn, isComplete, known, report });
  }
}

interface Circumstances {
  /** The environments in which the entry counts. */
  readonly inForce: readonly (readonly [string, Deployed])[];
  readonly enabledIn: readonly string[];
  readonly isComplete: boolean;
  /** Every path into any of the application's values files, found when it is needed. */
  readonly known: () => ReadonlySet<string>;
  readonly report: Report;
}

function check({ entry, of, path }: Condition, circumstances: Circumstances): void {
  const { inForce, enabledIn, isComplete, known, report } = circumstances;
  const place = placeOf(entry, of === "secret" ? ["if"] : [of, "if"]);
  const name = `${entry.application}/${entry.key}`;
  let isBlocked = false;
  for (const [environment, { values }] of inForce) {
    const obstacle = obstacleOn(path, values);
    if (obstacle === undefined) continue;
    isBlocked = true;
    report({
      ...place,
      rule: "condition-through-value",
      environments: [environment],
      message: `${name}: the condition ${path} leads through ${obstacle.path}, which is ${obstacle.kind}`,
      hint: "Correct the path, or make that value a mapping.",
    });
  }
  if (isBlocked) return;
  if (!known().has(path)) {
    const meant = nearestPath(path, known());
    report({
      ...place,
      rule: "unknown-condition",
      environments: enabledIn,
      message: `${name}: the condition ${path} is in no values file of ${entry.application}`,
      hint: meant ? `Did you mean "${meant}"?` : "Correct the path, or add it to values.yaml with its default.",
    });
    return;
  }
  const outcomes = inForce.map(([, { values }]) => isTruthy(valueAt(values, path)));
  const environments = inForce.map(([environment]) => environment);
  const [first] = outcomes;
  if (!isComplete || first === undefined || outcomes.some((outcome) => outcome !== first)) return;
  if (of === "secret" && !first) {
    report({
      ...place,
      rule: "required-nowhere",
      environments,
      message: `${name}: the condition ${path} is false wherever ${entry.application} is enabled`,
      hint: "Remove the secret, or correct the condition.",
    });
  } else if (outcomes.length > 1) {
    report({
      ...place,
      rule: "constant-condition",
      environments,
      message: `${name}: the condition ${path} is ${first} in all ${outcomes.length} environments`,
      hint: first
        ? "Leave it out, unless there will be an environment in which it is false."
        : "Remove the rule, unless there will be an environment in which its condition is true.",
    });
  }
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
