import { type OnepasswordLocation, PULL_SECRET, type VaultLocation } from "../model/environment.js";
import { laxBoolean } from "../model/booleans.js";
import { compareCodePoints } from "../model/code-points.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { isName } from "../model/names.js";
import { slipOf } from "../model/nearest.js";
import { collectProblems, type Problems } from "../problems.js";
import { isMapping, kindOf, type YamlMapping } from "../yaml/kind.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import type { Position } from "../yaml/position.js";
import { mergeOverrides } from "./helm-values.js";
import { attempt, readTreeFile } from "./tree-file.js";
import type { Tree } from "./tree.js";
import {
  LOCATION_FIELDS,
  type PartialLocation,
  readLocation,
  readString,
  readUrl,
  type Settings,
  wholeLocation,
} from "./vault-location.js";

/** What `environments/values*.yaml` say about one environment. */
export interface EnvironmentSettings {
  readonly name: string;
  readonly vault: VaultLocation;
  readonly onepassword: OnepasswordLocation | undefined;
  /** In code point order. */
  readonly enabled: readonly string[];
  readonly disabled: ReadonlySet<string>;
  /** Whether more applications may be meant to be enabled, under a field whose name resembles `applications`. */
  readonly mayEnableMore: boolean;
}

const DIRECTORY = "environments";

/**
 * The environments of a tree: those with a `values-ENV.yaml`, even if ENV is not a valid name, which reading its
 * settings reports. Undefined if they cannot be listed.
 */
export function listEnvironments(tree: Tree, problems: Problems): readonly string[] | undefined {
  return attempt(problems, () => tree.list(DIRECTORY))
    ?.flatMap((name) => /^values-(.+)\.yaml$/s.exec(name)?.[1] ?? [])
    .sort(compareCodePoints);
}

/** The file with the settings of one environment alone. */
export function settingsPath(name: string): string {
  return `${DIRECTORY}/values-${name}.yaml`;
}

/** Reads the defaults that all environments share. */
export function readDefaults(tree: Tree, problems: Problems): MappingFile | undefined {
  return readSettingsFile(tree, `${DIRECTORY}/values.yaml`, problems);
}

/** Where the secrets of an environment are, as far as its settings say so, without looking at the rest of them. */
export function readPlace(tree: Tree, name: string, defaults: MappingFile | undefined): PartialLocation {
  const problems = collectProblems();
  const file = readSettingsFile(tree, settingsPath(name), problems);
  if (file === undefined || defaults === undefined) return { url: undefined, prefix: undefined };
  const position = positionIn(file, defaults);
  const about: About = (...path) => ({ subject: { environment: name }, place: position(...path) });
  return readLocation({ values: { ...placeIn(defaults), ...placeIn(file) }, about }, problems);
}

function placeIn({ value }: MappingFile): YamlMapping {
  return Object.fromEntries(Object.entries(value).filter(([field]) => LOCATION_FIELDS.includes(field)));
}

/** Settings that were read, and what can be said of where an environment's secrets are even if they are wrong. */
export interface SettingsReading {
  /** Undefined if there is any problem. */
  readonly settings: EnvironmentSettings | undefined;
  readonly location: PartialLocation;
}

/** Reads and checks one environment's settings. */
export function readSettings(
  tree: Tree,
  name: string,
  defaults: MappingFile | undefined,
  problems: Problems,
  path = settingsPath(name),
): SettingsReading {
  const before = problems.found.length;
  const file = readSettingsFile(tree, path, problems);
  if (file === undefined || defaults === undefined)
    return { settings: undefined, location: { url: undefined, prefix: undefined } };
  const reading = checkSettings(name, file, defaults, problems);
  return problems.found.length === before ? reading : { ...reading, settings: undefined };
}

/** Checks settings whose two files have already been read. */
export function checkSettings(
  name: string,
  file: MappingFile,
  defaults: MappingFile,
  problems: Problems,
): SettingsReading {
  const before = problems.found.length;
  const subject = { environment: name };
  if (!isName(name)) problems.add(diagnostic("environment-name-invalid", {}, { subject, place: file.position([]) }));
  const position = positionIn(file, defaults);
  const values = mergeOverrides(defaults.value, file.value);
  const about: About = (...path) => ({ subject, place: position(...path) });
  const location = readLocation({ values, about }, problems);
  const onepassword = readOnepassword(values, about, problems);
  const applications = readApplications(values, about, problems);
  const mistyped = [file, defaults].flatMap((each) => warnOfSlips(each, subject, problems));
  const vault = wholeLocation(location);
  const settings =
    problems.found.length === before && vault
      ? { name, vault, onepassword, ...applications, mayEnableMore: mistyped.includes("applications") }
      : undefined;
  return { settings, location };
}

/** Every field that is read; others are Helm values, with arbitrary names. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "": ["name", "fqdn", "vaultUrl", "vaultPathPrefix", "onepassword", "applications"],
  onepassword: ["connectUrl", "vaultTitle"],
};

/**
 * A name that resembles a field missing from the same file is hardly meant for Helm.
 *
 * @returns The fields that are meant.
 */
function warnOfSlips(file: MappingFile, subject: { readonly environment: string }, problems: Problems): string[] {
  const mistyped: string[] = [];
  for (const [parent, known] of Object.entries(FIELDS)) {
    const path = parent === "" ? [] : [parent];
    const values = parent === "" ? file.value : file.value[parent];
    if (!isMapping(values)) continue;
    const unset = known.filter((field) => !Object.hasOwn(values, field));
    for (const field of Object.keys(values)) {
      const meant = known.includes(field) ? undefined : slipOf(field, unset);
      if (meant === undefined) continue;
      const place = file.position([...path, field], "key");
      problems.warn(diagnostic("setting-mistyped", { field, meant }, { subject, place }));
      mistyped.push(meant);
    }
  }
  return mistyped;
}

type About = (...path: string[]) => ReturnType<Settings["about"]>;

/** Finds where a setting is decided: in the environment's file, else in the defaults. */
export function positionIn(file: MappingFile, defaults: MappingFile): (...path: string[]) => Position {
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

function readOnepassword(values: YamlMapping, about: About, problems: Problems): OnepasswordLocation | undefined {
  const own = readMapping(values, "onepassword", about, problems);
  const settings: Settings = { values: own, about: (field) => about("onepassword", field) };
  const connectUrl = readUrl(settings, "connectUrl", problems, { needed: false });
  if (connectUrl === "") return undefined;
  return { connectUrl, vaultTitle: readString(settings, "vaultTitle", problems, { needed: true }) };
}

function readApplications(
  values: YamlMapping,
  about: About,
  problems: Problems,
): Pick<EnvironmentSettings, "enabled" | "disabled"> {
  const enabled: string[] = [];
  const disabled = new Set<string>();
  for (const [application, value] of Object.entries(readMapping(values, "applications", about, problems))) {
    const on = laxBoolean(value);
    const own = () => {
      const { subject, place } = about("applications", application);
      return { subject: { ...subject, application }, place };
    };
    if (!isName(application)) problems.add(diagnostic("application-name-invalid", {}, own()));
    else if (on === undefined) problems.add(diagnostic("application-not-boolean", { is: kindOf(value) }, own()));
    else if (!on) disabled.add(application);
    else if (application === PULL_SECRET) problems.add(diagnostic("application-reserved", {}, own()));
    else enabled.push(application);
  }
  return { enabled: enabled.sort(compareCodePoints), disabled };
}

/** A mapping in the settings; empty if it is missing, or if it is something else, which was reported. */
function readMapping(values: YamlMapping, field: string, about: About, problems: Problems): YamlMapping {
  const value = values[field] ?? (field === "applications" && Object.hasOwn(values, field) ? null : {});
  if (isMapping(value)) return value;
  problems.add(diagnostic("field-wrong-type", { field, is: kindOf(value), needed: "mapping" }, about(field)));
  return {};
}
