import type * as z from "zod/mini";
import { diagnostic } from "../model/diagnostics/index.js";
import { ACCESS_FIELDS, DEFAULTS_FIELDS, FleetAccess, FleetDefaults, ownVariables } from "../model/fleet-config.js";
import type { Problems } from "../problems.js";
import { isMapping, kindOf } from "../yaml/kind.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { type About, reportIssues } from "../yaml/schema-problems.js";
import { refuseOutside } from "./access-file.js";
import { FLEET_CONFIG } from "../model/configuration-files.js";
import type { Tree } from "./tree.js";

/** How to access each environment that the file mentions; the others use its defaults. */
export type FleetConfig = (environment: string) => FleetAccess | undefined;

/**
 * Whose file it is: that of the operator who named it; or of anyone who can change the tree, and who is not trusted.
 */
export type FleetAuthor = "operator" | { readonly tree: Tree };

const TOP_FIELDS = ["defaults", "environments"];

/** The path of an entry: of all environments, or of one. */
type EntryPath = readonly ["defaults"] | readonly ["environments", string];

/** @param environments Those in the configuration. */
export function checkFleetConfig(
  file: MappingFile,
  environments: readonly string[],
  author: FleetAuthor,
  problems: Problems,
): FleetConfig {
  for (const field of file.keys([])) {
    if (TOP_FIELDS.includes(field)) continue;
    problems.add(diagnostic("field-unknown", { field, known: TOP_FIELDS }, { place: file.position([field]) }));
  }
  const refuse = (path: EntryPath, access: FleetAccess): void => {
    const about = (field: keyof FleetAccess): About => aboutField(file, path, [field]);
    if (author === "operator") refuseSharedVariables(access, about, problems);
    else refuseBeyondTree(access, { environment: path[1], tree: author.tree, about }, problems);
  };
  const defaults = check(file, ["defaults"], FleetDefaults, DEFAULTS_FIELDS, problems) ?? {};
  refuse(["defaults"], defaults);
  const entries = file.value["environments"] ?? {};
  const own = new Map<string, FleetAccess>();
  if (!isMapping(entries)) {
    const details = { field: "environments", is: kindOf(entries), needed: "mapping" } as const;
    problems.add(diagnostic("field-wrong-type", details, { place: file.position(["environments"]) }));
  }
  for (const environment of isMapping(entries) ? file.keys(["environments"]) : []) {
    const path = ["environments", environment] as const;
    if (!environments.includes(environment)) {
      const about = { subject: { environment }, place: file.position(path) };
      problems.add(diagnostic("fleet-environment-unknown", { known: environments }, about));
      continue;
    }
    const access = check(file, path, FleetAccess, ACCESS_FIELDS, problems);
    if (access === undefined) continue;
    refuse(path, access);
    own.set(environment, { ...inherited(defaults, access), ...access });
  }
  return (environment) => own.get(environment) ?? (Object.keys(defaults).length > 0 ? defaults : undefined);
}

/** Mount, role and file belong to a method: they are not defaults for another one. */
function inherited(defaults: FleetAccess, { auth }: FleetAccess): FleetAccess {
  if (auth === undefined || auth === defaults.auth) return defaults;
  return defaults.namespace === undefined ? {} : { namespace: defaults.namespace };
}

function check<T extends z.ZodMiniType>(
  file: MappingFile,
  path: EntryPath,
  schema: T,
  fields: readonly string[],
  problems: Problems,
): z.infer<T> | undefined {
  let value = file.value[path[0]];
  if (path[1] !== undefined) value = isMapping(value) ? value[path[1]] : undefined;
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const about = (at: readonly (string | number)[], what: "key" | "value"): About => aboutField(file, path, at, what);
  reportIssues(result.error.issues, { value: value ?? {}, about, fields: () => fields }, problems);
  return undefined;
}

function aboutField(
  file: MappingFile,
  path: EntryPath,
  at: readonly (string | number)[],
  what: "key" | "value" = "value",
): About {
  const place = file.position([...path, ...at], at.length === 0 ? "key" : what);
  return path[1] === undefined ? { place } : { subject: { environment: path[1] }, place };
}

type AboutField = (field: keyof FleetAccess) => About;

/** A variable that every program reads would be sent to whichever server comes first. */
function refuseSharedVariables(access: FleetAccess, about: AboutField, problems: Problems): void {
  const shared = { tokenVariable: "VAULT_TOKEN", connectTokenVariable: "OP_CONNECT_TOKEN" } as const;
  for (const field of ["tokenVariable", "connectTokenVariable"] as const) {
    const variable = shared[field];
    if (access[field] === variable) problems.add(diagnostic("fleet-variable-shared", { variable }, about(field)));
  }
}

/** Fields that name a credential file, which is never part of a tree. */
const CREDENTIAL_FILES = ["tokenFile", "roleIdFile", "secretIdFile", "connectTokenFile", "jwtFile"] as const;

/**
 * Anyone who can change the tree decides where credentials are sent, and so must not decide which ones: a file of the
 * tree may name an environment's own variables and files of the tree, and nothing else on the machine that reads it.
 */
function refuseBeyondTree(
  access: FleetAccess,
  of: { readonly environment: string | undefined; readonly tree: Tree; readonly about: AboutField },
  problems: Problems,
): void {
  const { environment, tree, about } = of;
  for (const field of CREDENTIAL_FILES) {
    if (access[field] !== undefined) problems.add(diagnostic("fleet-field-not-in-tree", { field }, about(field)));
  }
  const { auth, secrets } = access;
  if (auth === "kubernetes" || auth === "jwt") {
    problems.add(diagnostic("fleet-login-not-in-tree", { auth }, about("auth")));
  }
  for (const [name, own] of Object.entries(environment === undefined ? {} : ownVariables(environment))) {
    const field = name as keyof ReturnType<typeof ownVariables>;
    if (access[field] === undefined || access[field] === own) continue;
    problems.add(diagnostic("fleet-variable-not-own", { field, own }, about(field)));
  }
  if (secrets !== undefined) refuseOutside(tree, FLEET_CONFIG, secrets, about("secrets"), problems);
}
