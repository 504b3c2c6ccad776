import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { PhalanxError } from "../../errors.js";
import { ACCESS_FIELDS, DEFAULTS_FIELDS, FleetAccess, FleetDefaults } from "../../model/fleet-config.js";
import { didYouMean } from "../../model/nearest.js";
import { collectProblems, type Problems, throwProblems } from "../../problems.js";
import { decodeUtf8 } from "../../yaml/decode.js";
import { isMapping } from "../../yaml/kind.js";
import { type MappingFile, readMapping } from "../../yaml/mapping-file.js";
import { reportIssues, reportUnknownField } from "../../yaml/schema-problems.js";
import type { Context } from "../context.js";

export const FLEET_CONFIG = "phalanx.fleet.yaml";

/** How to get at each environment that the file says something of; the others by their defaults. */
export type FleetConfig = (environment: string) => FleetAccess | undefined;

/**
 * Reads `--fleet-config`, or `phalanx.fleet.yaml` at the root of the configuration, which may be missing.
 *
 * @param environments Those that the configuration knows.
 */
export function readFleetConfig(
  context: Context,
  root: string,
  option: string | undefined,
  environments: readonly string[],
): FleetConfig {
  const shown = option ?? FLEET_CONFIG;
  const text = readText(option === undefined ? join(root, FLEET_CONFIG) : resolve(context.cwd, option), shown);
  if (text === undefined) {
    if (option === undefined) return () => undefined;
    throw new PhalanxError(`${shown} does not exist`, { hint: "Correct --fleet-config." });
  }
  const problems = collectProblems();
  const file = readMapping(text, () => shown, problems, { warnOfOddKeys: true });
  const config = file === undefined ? () => undefined : checkConfig(file, environments, problems);
  throwProblems(problems, shown);
  return config;
}

function readText(path: string, shown: string): string | undefined {
  try {
    const text = decodeUtf8(readFileSync(path));
    if (text === undefined) throw new PhalanxError(`${shown}: is not UTF-8`, { hint: "Save it in UTF-8." });
    return text;
  } catch (error) {
    if (error instanceof PhalanxError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new PhalanxError(`${shown} cannot be read (${code})`, { cause: error });
  }
}

const TOP_FIELDS = ["defaults", "environments"];

function checkConfig(file: MappingFile, environments: readonly string[], problems: Problems): FleetConfig {
  for (const key of file.keys([])) {
    if (!TOP_FIELDS.includes(key)) reportUnknownField(file.position([key]), key, TOP_FIELDS, problems);
  }
  const defaults = check(file, ["defaults"], FleetDefaults, DEFAULTS_FIELDS, problems) ?? {};
  const entries = file.value["environments"] ?? {};
  const own = new Map<string, FleetAccess>();
  if (!isMapping(entries)) problems.add(`${file.position(["environments"])}: "environments" must be a mapping`);
  for (const name of isMapping(entries) ? file.keys(["environments"]) : []) {
    if (!environments.includes(name)) {
      const hint = didYouMean(name, environments) ?? `Known environments: ${environments.join(", ")}.`;
      problems.add(`${file.position(["environments", name])}: there is no environment "${name}"`, hint);
      continue;
    }
    const path = ["environments", name];
    const access = check(file, path, FleetAccess, ACCESS_FIELDS, problems);
    if (access === undefined) continue;
    refuseSharedVariable(file, path, access, problems);
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
    file.position([...path, ...at], at.length === 0 ? "key" : what);
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
      `${file.position([...path, field], "value")}: ${name} is not used here: it would be sent to several servers`,
      "Name a variable that holds the token of this environment alone.",
    );
  }
}
