import { ACCESS_FIELDS, DEFAULTS_FIELDS, FleetAccess, FleetDefaults } from "../model/fleet-config.js";
import { didYouMean } from "../model/nearest.js";
import type { Problems } from "../problems.js";
import { isMapping } from "../yaml/kind.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { placeText } from "../yaml/position.js";
import { reportIssues, reportUnknownField } from "../yaml/schema-problems.js";
import { refuseBeyondTree } from "./fleet-config-of-tree.js";
import type { Tree } from "./tree.js";

/** The file of the tree that says how to get at its environments. */
export const FLEET_CONFIG = "phalanx.fleet.yaml";

/** How to get at each environment that the file says something of; the others by their defaults. */
export type FleetConfig = (environment: string) => FleetAccess | undefined;

/** Whose words a file holds: those of the operator who named it, or of whoever may change the tree, who is not believed. */
export type FleetAuthor = "operator" | { readonly tree: Tree };

const TOP_FIELDS = ["defaults", "environments"];

/** @param environments Those that the configuration knows. */
export function checkFleetConfig(
  file: MappingFile,
  environments: readonly string[],
  author: FleetAuthor,
  problems: Problems,
): FleetConfig {
  for (const key of file.keys([])) {
    if (!TOP_FIELDS.includes(key)) reportUnknownField(placeText(file.position([key])), key, TOP_FIELDS, problems);
  }
  const defaults = check(file, ["defaults"], FleetDefaults, DEFAULTS_FIELDS, problems) ?? {};
  if (author !== "operator") refuseBeyondTree(file, ["defaults"], defaults, author.tree, problems);
  const entries = file.value["environments"] ?? {};
  const own = new Map<string, FleetAccess>();
  if (!isMapping(entries))
    problems.add(`${placeText(file.position(["environments"]))}: "environments" must be a mapping`);
  for (const name of isMapping(entries) ? file.keys(["environments"]) : []) {
    if (!environments.includes(name)) {
      const hint = didYouMean(name, environments) ?? `Known environments: ${environments.join(", ")}.`;
      problems.add(`${placeText(file.position(["environments", name]))}: there is no environment "${name}"`, hint);
      continue;
    }
    const path = ["environments", name];
    const access = check(file, path, FleetAccess, ACCESS_FIELDS, problems);
    if (access === undefined) continue;
    if (author === "operator") refuseSharedVariable(file, path, access, problems);
    else refuseBeyondTree(file, ["environments", name], access, author.tree, problems);
    own.set(name, { ...inherited(defaults, access), ...access });
  }
  return (environment) => own.get(environment) ?? (Object.keys(defaults).length > 0 ? defaults : undefined);
}

/** Mount, role and file belong to a method: they are no defaults for another one. */
function inherited(defaults: FleetAccess, { auth }: FleetAccess): FleetAccess {
  if (auth === undefined || auth === defaults.auth) return defaults;
  return defaults.namespace === undefined ? {} : { namespace: defaults.namespace };
}

function check<T>(
  file: MappingFile,
  path: readonly string[],
  schema: {
    safeParse(
      value: unknown,
    ): { success: true; data: T } | { success: false; error: { issues: Parameters<typeof reportIssues>[0] } };
  },
  fields: readonly string[],
  problems: Problems,
): T | undefined {
  let value = file.value[path[0] ?? ""];
  for (const step of path.slice(1)) value = isMapping(value) ? value[step] : undefined;
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const prefix = (at: readonly (string | number)[], what: "key" | "value"): string =>
    placeText(file.position([...path, ...at], at.length === 0 ? "key" : what));
  const wrongName = result.error.issues.filter(({ code }) => code === "invalid_format");
  for (const { path: at } of wrongName) {
    const field = String(at.at(-1));
    problems.add(
      `${prefix([field], "value")}: "${field}" is no name of an environment variable`,
      "No token or other secret belongs into this file: name the variable that holds it.",
    );
  }
  const others = result.error.issues.filter((issue) => !wrongName.includes(issue));
  reportIssues(others, { value: value ?? {}, prefix, fields: () => fields }, problems);
  return undefined;
}

/** A variable that every program reads would be sent to whichever server comes first. */
function refuseSharedVariable(file: MappingFile, path: string[], access: FleetAccess, problems: Problems): void {
  const shared = { tokenVariable: "VAULT_TOKEN", connectTokenVariable: "OP_CONNECT_TOKEN" } as const;
  for (const [field, name] of Object.entries(shared)) {
    if (access[field as keyof typeof shared] !== name) continue;
    problems.add(
      `${placeText(file.position([...path, field], "value"))}: ${name} is not used here: it would be sent to several servers`,
      "Name a variable that holds the token of this environment alone.",
    );
  }
}
