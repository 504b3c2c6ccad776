import type { AnyDiagnostic } from "../model/diagnostic.js";
import { PhalanxError } from "../errors.js";
import type { Application, Environment, Sibling } from "../model/environment.js";
import type { Doubt } from "../model/target.js";
import type { Renaming } from "../model/diagnostics/config.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import { isName } from "../model/names.js";
import { collectProblems, throwProblems } from "../problems.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { readDeclaredAccess } from "./access-file.js";
import { loadApplication } from "./application.js";
import {
  listEnvironments,
  readDefaults,
  readPlace,
  readSettings,
  type EnvironmentSettings,
} from "./environment-settings.js";
import { sharersOfPrefix } from "./neighbours.js";
import { type MisnamedFile, misnamedOf, misnamedSettings } from "./misnamed.js";
import type { Tree } from "./tree.js";
import { isElsewhere } from "./vault-location.js";

/** Where an environment's secrets are, and how to access them. */
export type Place = Pick<Environment, "vault" | "login">;

/** An environment, and warnings about its configuration. */
export interface LoadedEnvironment {
  /** The environment. */
  readonly environment: Environment;
  /** What is valid but probably not intended, such as a misnamed file. */
  readonly warnings: readonly AnyDiagnostic[];
  /** Returns the other environments with the same server and prefix. Unlike `siblings`, it reads no applications. */
  readonly sharers: () => readonly string[];
  /** Returns the other environments that may share the prefix, but whose configuration is invalid or seems misnamed. */
  readonly unreadableSiblings: () => readonly string[];
  /** Why an application may require more than was read: a file or a setting that seems to be misnamed. */
  readonly mayRequireMore: (application: string) => readonly Doubt[];
}

/**
 * Loads one environment from a tree, and evaluates conditions.
 *
 * @throws PhalanxError for an unknown environment; ConfigurationError with every problem of every file.
 */
export function loadEnvironment(tree: Tree, name: string): LoadedEnvironment {
  const steps = loadInSteps(tree, name);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in steps, so that other work can run in between. Each step yields where the environment's secrets are. */
export function* loadInSteps(tree: Tree, name: string): Generator<Place, LoadedEnvironment, void> {
  const problems = collectProblems();
  const names = listEnvironments(tree, problems);
  if (names) requireKnown(name, names, tree);
  const defaults = readDefaults(tree, problems);
  const { settings } = readSettings(tree, name, defaults, problems);
  const declared = names ? readDeclaredAccess(tree, name, names, problems) : {};
  const applications = new Map<string, Application>();
  for (const application of settings?.enabled ?? []) {
    // Nothing is sent until it is certain how to log in.
    if (settings && problems.found.length === 0) yield { vault: settings.vault, ...declared };
    applications.set(application, loadApplication(tree, application, name, problems));
  }
  throwProblems(problems, { of: "configuration", name });
  if (settings === undefined || names === undefined) throw new Error("settings without problems are always there");
  for (const warning of findMisnamed(tree, settings, names)) problems.warn(warning);
  let found: ReturnType<typeof loadSiblings> | undefined;
  const others = (): ReturnType<typeof loadSiblings> => (found ??= loadSiblings(tree, settings, names, defaults));
  const { vault, onepassword, disabled } = settings;
  const { warnings } = problems;
  return {
    environment: { name, vault, onepassword, ...declared, applications, disabled, siblings: () => others().siblings },
    warnings,
    sharers: () => sharersOfPrefix(tree, settings, names, defaults),
    unreadableSiblings: () => others().unreadable,
    mayRequireMore: (application) => {
      const mistyped = settings.mayEnableMore ? warnings.filter(({ code }) => code === "setting-mistyped") : [];
      const files = isName(application) ? misnamedOf(tree, application, names) : [];
      const isEnabled = applications.has(application);
      return [
        ...mistyped.map((because) => ({ because, isTold: true })),
        ...files.map((found) => ({
          because: misnamedFile(tree, found, application),
          isTold: isEnabled && concerns(found, name),
        })),
      ];
    },
  };
}

/**
 * Reads only where an environment's secrets live and which applications it enables, not the applications.
 *
 * @throws PhalanxError for an unknown environment; ConfigurationError for problems in its settings.
 */
export function loadVaultLocation(tree: Tree, name: string): Place & { readonly enabled: readonly string[] } {
  const problems = collectProblems();
  const names = listEnvironments(tree, problems);
  if (names) requireKnown(name, names, tree);
  const { settings } = readSettings(tree, name, readDefaults(tree, problems), problems);
  const declared = names ? readDeclaredAccess(tree, name, names, problems) : {};
  throwProblems(problems, { of: "settings", name });
  if (settings === undefined) throw new Error("settings without problems are always there");
  const { vault, enabled } = settings;
  return { vault, enabled, ...declared };
}

/** @throws PhalanxError that says which environments there are. */
export function requireKnown(name: string, names: readonly string[], tree?: Tree): void {
  if (names.includes(name)) return;
  const found = tree && misnamedSettings(tree).find(({ environment }) => environment === name);
  const misnamed = tree && found && shown(tree, found);
  const details = { known: names, ...(misnamed && { misnamed }) };
  throw new PhalanxError(diagnostic("environment-unknown", details, { subject: { environment: name } }));
}

/** Both as an operator would name them in a shell. */
function shown(tree: Tree, { path, meant }: MisnamedFile): Renaming {
  return { path: tree.display(path), meant: tree.display(meant) };
}

/** Files that nothing reads, but that were probably meant for this environment. */
function* findMisnamed(tree: Tree, settings: EnvironmentSettings, names: readonly string[]): Generator<AnyDiagnostic> {
  for (const found of misnamedSettings(tree)) {
    if (found.environment !== undefined && names.includes(found.environment) && found.environment !== settings.name)
      continue;
    yield diagnostic("file-misnamed", shown(tree, found), { place: { file: tree.display(found.path) } });
  }
  for (const application of settings.enabled) {
    for (const found of misnamedOf(tree, application, names)) {
      if (concerns(found, settings.name)) yield misnamedFile(tree, found, application);
    }
  }
}

function concerns({ environment }: MisnamedFile, name: string): boolean {
  return environment === undefined || environment === name;
}

function misnamedFile(tree: Tree, found: MisnamedFile, application: string): Diagnostic<"file-misnamed"> {
  return diagnostic("file-misnamed", shown(tree, found), {
    subject: { application },
    place: { file: tree.display(found.path) },
  });
}

/** Two environments that share a server and a prefix must not delete each other's secrets. */
function loadSiblings(
  tree: Tree,
  own: EnvironmentSettings,
  names: readonly string[],
  defaults: MappingFile | undefined,
): { siblings: Sibling[]; unreadable: string[] } {
  const siblings: Sibling[] = [];
  const unreadable: string[] = [];
  for (const name of names) {
    // Of a large fleet, each looks at all others.
    if (name === own.name || isElsewhere(readPlace(tree, name, defaults), own.vault)) continue;
    const problems = collectProblems();
    const { settings } = readSettings(tree, name, defaults, problems);
    const applications = settings?.enabled.map((each) => loadApplication(tree, each, name, problems));
    if (applications === undefined || settings?.mayEnableMore || problems.found.length > 0) unreadable.push(name);
    else siblings.push({ environment: name, required: requiredKeys(applications) });
  }
  for (const { path, environment } of misnamedSettings(tree)) {
    if (environment === undefined || names.includes(environment)) continue;
    const { location } = readSettings(tree, environment, defaults, collectProblems(), path);
    if (!isElsewhere(location, own.vault)) unreadable.push(environment);
  }
  return { siblings, unreadable };
}

function requiredKeys(applications: readonly Application[]): Map<string, ReadonlySet<string>> {
  return new Map(applications.map(({ name, secrets }) => [name, new Set(secrets.keys())]));
}
