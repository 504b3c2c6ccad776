import { type OnepasswordLocation, PULL_SECRET, type VaultLocation } from "../model/environment.js";
import { laxBoolean } from "../model/booleans.js";
import { compareCodePoints } from "../model/code-points.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { isName, NAME_HINT, quotedName } from "../model/names.js";
import type { Problems } from "../problems.js";
import { describeKind, isMapping, type YamlMapping } from "../yaml/kind.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { placeText, type Position } from "../yaml/position.js";
import { mergeOverrides } from "./merge.js";
import { type Field, readString, readUrl } from "./settings-fields.js";
import { attempt, readTreeFile } from "./tree-file.js";
import type { Tree } from "./tree.js";
import { type PartialLocation, readLocation, wholeLocation } from "./vault-location.js";

/** What `environments/values*.yaml` say about one environment. */
export interface EnvironmentSettings {
  readonly name: string;
  readonly vault: VaultLocation;
  readonly onepassword: OnepasswordLocation | undefined;
  /** In code point order. */
  readonly enabled: readonly string[];
  readonly disabled: ReadonlySet<string>;
}

const DIRECTORY = "environments";

/**
 * The environments of a tree: those with a `values-ENV.yaml`, even if ENV cannot be a name, so that reading its settings
 * says so. Undefined if nobody can say.
 */
export function listEnvironments(tree: Tree, problems: Problems): readonly string[] | undefined {
  return attempt(problems, () => tree.list(DIRECTORY))
    ?.flatMap((name) => /^values-(.+)\.yaml$/s.exec(name)?.[1] ?? [])
    .sort(compareCodePoints);
}

/** Reads the defaults that all environments share. */
export function readDefaults(tree: Tree, problems: Problems): MappingFile | undefined {
  return readSettingsFile(tree, `${DIRECTORY}/values.yaml`, problems);
}

/** Settings that were read, and what can be said of where an environment's secrets are even if they are wrong. */
export interface SettingsReading {
  /** Undefined if anything about them is wrong. */
  readonly settings: EnvironmentSettings | undefined;
  readonly location: PartialLocation;
}

/** Reads and checks one environment's settings. */
export function readSettings(
  tree: Tree,
  name: string,
  defaults: MappingFile | undefined,
  problems: Problems,
): SettingsReading {
  const before = problems.found.length;
  const file = readSettingsFile(tree, `${DIRECTORY}/values-${name}.yaml`, problems);
  if (file === undefined || defaults === undefined)
    return { settings: undefined, location: { url: undefined, prefix: undefined } };
  const reading = checkSettings(name, file, defaults, problems);
  return problems.found.length === before ? reading : { ...reading, settings: undefined };
}

/** Checks settings whose two files were read already. */
export function checkSettings(
  name: string,
  file: MappingFile,
  defaults: MappingFile,
  problems: Problems,
): SettingsReading {
  const before = problems.found.length;
  if (!isName(name))
    problems.add(
      `${placeText(file.position([]))}: ${quotedName(name)} cannot be the name of an environment`,
      `Rename the file. ${NAME_HINT}`,
    );
  const where = positionIn(file, defaults);
  const values = mergeOverrides(defaults.value, file.value);
  const location = readLocation(values, where, problems);
  const onepassword = readOnepassword(values, where, problems);
  const applications = readApplications(values, where, problems);
  const vault = wholeLocation(location);
  const settings =
    problems.found.length === before && vault ? { name, vault, onepassword, ...applications } : undefined;
  return { settings, location };
}

/** Finding a place takes time, and there are hundreds of applications and next to no problems. */
export type Where = (...path: string[]) => Position;

/** Finds a setting where it is decided: in the environment's file, else among the defaults. */
export function positionIn(file: MappingFile, defaults: MappingFile): Where {
  return (...path) =>
    (reaches(file.value, path) ? file : reaches(defaults.value, path) ? defaults : file).position(path, "value");
}

function readSettingsFile(tree: Tree, path: string, problems: Problems): MappingFile | undefined {
  const file = readTreeFile(tree, path, problems);
  if (file === "broken") return undefined;
  if (file !== "absent" && !file.isEmpty) return file;
  const place = { file: tree.display(path) };
  problems.add(diagnostic(file === "absent" ? "file-missing" : "file-empty", {}, { place }));
  return undefined;
}

function reaches(values: YamlMapping, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true;
  if (!Object.hasOwn(values, first)) return false;
  const next = values[first];
  return rest.length === 0 || (isMapping(next) && reaches(next, rest));
}

function readOnepassword(values: YamlMapping, where: Where, problems: Problems): OnepasswordLocation | undefined {
  const settings = values["onepassword"] ?? {};
  if (!isMapping(settings)) {
    problems.add(
      `${placeText(where("onepassword"))}: "onepassword" is ${describeKind(settings)}; it must be a mapping`,
    );
    return undefined;
  }
  const field = (key: string, needed: boolean): Field => ({ key, at: () => where("onepassword", key), needed });
  const connectUrl = readUrl(settings, field("connectUrl", false), problems);
  if (connectUrl === "") return undefined;
  const vaultTitle = readString(settings, field("vaultTitle", true), problems);
  return { connectUrl, vaultTitle };
}

function readApplications(
  values: YamlMapping,
  where: Where,
  problems: Problems,
): Pick<EnvironmentSettings, "enabled" | "disabled"> {
  const applications = values["applications"] ?? {};
  const enabled: string[] = [];
  const disabled = new Set<string>();
  if (!isMapping(applications)) {
    problems.add(
      `${placeText(where("applications"))}: "applications" is ${describeKind(applications)}; it must be a mapping`,
    );
    return { enabled, disabled };
  }
  for (const [name, value] of Object.entries(applications)) {
    const on = laxBoolean(value);
    // Finding a position takes time, and there are hundreds of applications and next to no problems.
    const at = (): string => placeText(where("applications", name));
    if (!isName(name)) problems.add(`${at()}: ${quotedName(name)} cannot be the name of an application`, NAME_HINT);
    else if (on === undefined)
      problems.add(`${at()}: application ${name} is ${describeKind(value)}; it must be true or false`);
    else if (!on) disabled.add(name);
    else if (name === PULL_SECRET) problems.add(`${at()}: "${PULL_SECRET}" is reserved for the registry credentials`);
    else enabled.push(name);
  }
  return { enabled: enabled.sort(compareCodePoints), disabled };
}
