import type { OnepasswordLocation, VaultLocation } from "../model/environment.js";
import { PULL_SECRET } from "../model/environment.js";
import { laxBoolean } from "../model/booleans.js";
import { compareCodePoints } from "../model/code-points.js";
import type { Problems } from "../problems.js";
import { describeKind, isMapping, type YamlMapping } from "../yaml/kind.js";
import { readMapping, type MappingFile } from "../yaml/mapping-file.js";
import { mergeOverrides } from "./merge.js";
import type { Tree } from "./tree.js";

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

/** The environments of a tree: those with a `values-ENV.yaml`. */
export function listEnvironments(tree: Tree): readonly string[] {
  return tree
    .list(DIRECTORY)
    .flatMap((name) => /^values-(.+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort(compareCodePoints);
}

/** Reads the defaults that all environments share. */
export function readDefaults(tree: Tree, problems: Problems): MappingFile | undefined {
  return readSettingsFile(tree, `${DIRECTORY}/values.yaml`, problems);
}

/** Reads and checks one environment's settings; undefined if anything about them is wrong. */
export function readSettings(
  tree: Tree,
  name: string,
  defaults: MappingFile | undefined,
  problems: Problems,
): EnvironmentSettings | undefined {
  const before = problems.found.length;
  const file = readSettingsFile(tree, `${DIRECTORY}/values-${name}.yaml`, problems);
  if (file === undefined || defaults === undefined) return undefined;
  const values = mergeOverrides(defaults.value, file.value);
  const where: Where = (...path) =>
    (reaches(file.value, path) ? file : reaches(defaults.value, path) ? defaults : file).position(path, "value");
  const vault = readVault(values, where, problems);
  const onepassword = readOnepassword(values, where, problems);
  const applications = readApplications(values, where, problems);
  return problems.found.length === before && vault ? { name, vault, onepassword, ...applications } : undefined;
}

type Where = (...path: string[]) => string;

function readSettingsFile(tree: Tree, path: string, problems: Problems): MappingFile | undefined {
  const text = tree.read(path);
  if (text === undefined) {
    problems.add(`${tree.display(path)}: does not exist`);
    return undefined;
  }
  const file = readMapping(text, tree.display(path), problems);
  if (file?.isEmpty) {
    problems.add(`${tree.display(path)}: is empty`);
    return undefined;
  }
  return file;
}

function reaches(values: YamlMapping, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true;
  if (!Object.hasOwn(values, first)) return false;
  const next = values[first];
  return rest.length === 0 || (isMapping(next) && reaches(next, rest));
}

function readString(values: YamlMapping, key: string, at: string, problems: Problems, needed: boolean): string {
  const value = values[key] ?? "";
  if (typeof value !== "string") problems.add(`${at}: "${key}" is ${describeKind(value)}; it must be a string`);
  else if (value === "" && needed) problems.add(`${at}: "${key}" is not set`);
  return typeof value === "string" ? value : "";
}

function readUrl(values: YamlMapping, key: string, at: string, problems: Problems, needed: boolean): string {
  const text = readString(values, key, at, problems, needed);
  if (text === "") return "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    problems.add(`${at}: "${key}" is no URL`, "Write it as in https://vault.example.org.");
    return "";
  }
  if (url.username !== "" || url.password !== "") {
    problems.add(`${at}: "${key}" holds credentials`, "Remove them; credentials come from the environment.");
  }
  return text.replace(/\/+$/, "");
}

function readVault(values: YamlMapping, where: Where, problems: Problems): VaultLocation | undefined {
  const url = readUrl(values, "vaultUrl", where("vaultUrl"), problems, true);
  const at = where("vaultPathPrefix");
  const prefix = readString(values, "vaultPathPrefix", at, problems, true).replace(/^\/+|\/+$/g, "");
  if (prefix === "") return undefined;
  const [mount = "", ...path] = prefix.split("/");
  if (path.length === 0) {
    problems.add(`${at}: "vaultPathPrefix" has no mount`, "Write MOUNT/PATH, as in secret/phalanx/demo.");
  }
  if ([mount, ...path].some((component) => ["", ".", ".."].includes(component))) {
    problems.add(`${at}: "vaultPathPrefix" has an empty or relative component`);
  }
  return { url, mount, path: path.join("/") };
}

function readOnepassword(values: YamlMapping, where: Where, problems: Problems): OnepasswordLocation | undefined {
  const settings = values["onepassword"] ?? {};
  if (!isMapping(settings)) {
    problems.add(`${where("onepassword")}: "onepassword" is ${describeKind(settings)}; it must be a mapping`);
    return undefined;
  }
  const connectUrl = readUrl(settings, "connectUrl", where("onepassword", "connectUrl"), problems, false);
  if (connectUrl === "") return undefined;
  const vaultTitle = readString(settings, "vaultTitle", where("onepassword", "vaultTitle"), problems, true);
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
    problems.add(`${where("applications")}: "applications" is ${describeKind(applications)}; it must be a mapping`);
    return { enabled, disabled };
  }
  for (const [name, value] of Object.entries(applications)) {
    const on = laxBoolean(value);
    const at = where("applications", name);
    if (on === undefined)
      problems.add(`${at}: application ${name} is ${describeKind(value)}; it must be true or false`);
    else if (!on) disabled.add(name);
    else if (["", ".", ".."].includes(name) || name.includes("/"))
      problems.add(`${at}: "${name}" is no name of an application`);
    else if (name === PULL_SECRET) problems.add(`${at}: "${PULL_SECRET}" is reserved for the registry credentials`);
    else enabled.push(name);
  }
  return { enabled: enabled.sort(compareCodePoints), disabled };
}
