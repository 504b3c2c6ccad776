import { basename, dirname, join } from "node:path/posix";
import * as z from "zod/mini";
import type { DeclaredLogin } from "../model/environment.js";
import type { Place } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { isPath } from "../model/names.js";
import { meantName } from "../model/nearest.js";
import { collectProblems, type Problems } from "../problems.js";
import { isMapping, kindOf, type YamlValue } from "../yaml/kind.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { type About, reportIssues } from "../yaml/schema-problems.js";
import { attempt, readTreeFile } from "./tree-file.js";
import { ACCESS_FILE } from "../model/configuration-files.js";
import type { Tree } from "./tree.js";

/**
 * What `phalanx.yaml` may say about one environment. Anyone who can change the tree decides where credentials are sent,
 * and so must not decide which ones: it names files of the tree, and logins that take their credentials from the shell.
 */
const Entry = z.strictObject({
  secrets: z.optional(z.array(z.string()).check(z.minLength(1))),
  auth: z.optional(z.enum(["token", "approle"])),
  mount: z.optional(z.string().check(z.refine(isPath))),
});
/** Every field of an entry. */
export const ENTRY_FIELDS: readonly string[] = Object.keys(Entry.shape);

/** Where an environment's static secrets come from, and how to log in to its Vault, according to the tree. */
export interface DeclaredAccess {
  /** As an operator would name them in a shell; undefined: not specified. */
  readonly staticFiles?: readonly string[];
  readonly staticFilesNamedAt?: Place;
  readonly login?: DeclaredLogin;
  /** The environments that a file is named for, of files that are not named for this one. */
  readonly filesOfOthers?: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads what `phalanx.yaml` at the root of a tree says about an environment. Checks the entries of all of them.
 *
 * @param environments Those in the configuration.
 */
export function readDeclaredAccess(
  tree: Tree,
  name: string,
  environments: readonly string[],
  problems: Problems,
): DeclaredAccess {
  const file = readTreeFile(tree, ACCESS_FILE, problems);
  return typeof file === "string" ? {} : checkDeclaredAccess(file, tree, { name, environments }, problems);
}

/** The same for a file that has already been read. */
export function checkDeclaredAccess(
  file: MappingFile,
  tree: Tree,
  { name, environments }: { readonly name: string | undefined; readonly environments: readonly string[] },
  problems: Problems,
): DeclaredAccess {
  for (const field of file.keys([])) {
    if (field !== "environments")
      problems.add(diagnostic("field-unknown", { field, known: ["environments"] }, { place: file.position([field]) }));
  }
  const entries = file.value["environments"] ?? {};
  if (!isMapping(entries)) {
    const details = { field: "environments", is: kindOf(entries), needed: "mapping" } as const;
    problems.add(diagnostic("field-wrong-type", details, { place: file.position(["environments"]) }));
    return {};
  }
  let found: DeclaredAccess = {};
  const namedFor = new Map<string, string[]>();
  for (const environment of file.keys(["environments"])) {
    const about = (at: readonly (string | number)[], what: "key" | "value" = "value") => ({
      subject: { environment },
      place: file.position(["environments", environment, ...at], at.length === 0 ? "key" : what),
    });
    if (!environments.includes(environment)) {
      problems.add(diagnostic("fleet-environment-unknown", { known: environments }, about([])));
      continue;
    }
    const value = entries[environment] ?? {};
    const result = Entry.safeParse(withList(value));
    if (!result.success) {
      reportIssues(result.error.issues, { value, about, fields: () => ENTRY_FIELDS }, problems);
      continue;
    }
    const { secrets: files = [], auth, mount } = result.data;
    for (const path of files) {
      refuseOutside(tree, ACCESS_FILE, path, about(["secrets"]), problems);
      if (name === undefined) reportMissing(tree, path, about(["secrets"]), problems);
    }
    if (mount !== undefined && auth !== "approle")
      problems.add(diagnostic("declared-mount-without-login", {}, about(["mount"], "key")));
    if (name !== undefined)
      for (const path of files.map((each) => asFile(tree.display(each))))
        namedFor.set(path, [...(namedFor.get(path) ?? []), environment]);
    if (environment !== name) continue;
    found = {
      ...(files.length > 0 && {
        staticFiles: files.map((path) => asFile(tree.display(path))),
        staticFilesNamedAt: about(["secrets"]).place,
      }),
      ...(auth !== undefined && { login: { auth, mount } }),
    };
  }
  const ofOthers = [...namedFor].filter(([, named]) => name !== undefined && !named.includes(name));
  return ofOthers.length === 0 ? found : { ...found, filesOfOthers: new Map(ofOthers) };
}

/** A setting of such a file, for display: names of files and mounts may be shown, but not a token in their place. */
export function shownSetting([top, , field = "", ...more]: readonly string[], value: YamlValue): string | null {
  if (top !== "environments" || more.length > 0 || !Object.hasOwn(Entry.shape, field)) return null;
  const { data } = Entry.safeParse(withList({ [field]: value }));
  return data ? Object.values(data).flat().join(", ") : null;
}

/** A single file is a list of one. */
function withList(entry: YamlValue): YamlValue {
  return isMapping(entry) && typeof entry["secrets"] === "string" ? { ...entry, secrets: [entry["secrets"]] } : entry;
}

/** On a command line, a single dash is standard input. */
function asFile(shown: string): string {
  return shown === "-" ? "./-" : shown;
}

/** Everyone has the encrypted files; others are kept out of Git, and so are not there for anyone who runs lint. */
function reportMissing(tree: Tree, path: string, about: About, problems: Problems): void {
  if (!path.endsWith(".age") || attempt(collectProblems(), () => tree.exists(path)) !== false) return;
  const [directory, name] = [dirname(path), basename(path)];
  const meant = meantName(name, attempt(collectProblems(), () => tree.list(directory === "." ? "" : directory)) ?? []);
  const details = { path, meant: meant === undefined ? undefined : join(directory, meant) };
  problems.add(diagnostic("declared-secrets-missing", details, about));
}

/**
 * A static secrets file must be in the tree, with no link leading out of it. Hidden files belong to Git and the
 * shell.
 */
export function refuseOutside(tree: Tree, config: string, path: string, about: About, problems: Problems): void {
  if (!path.split(/[/\\]/).every((name) => name !== "" && !name.startsWith("."))) {
    problems.add(diagnostic("declared-secrets-outside", { config }, about));
    return;
  }
  const found = collectProblems();
  attempt(found, () => tree.exists(path));
  for (const cause of found.found) problems.add(diagnostic("declared-secrets-unusable", { config, cause }, about));
}
