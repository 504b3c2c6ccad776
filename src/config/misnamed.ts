import { isName } from "../model/names.js";
import { slipOf } from "../model/nearest.js";
import { collectProblems } from "../problems.js";
import { attempt } from "./tree-file.js";
import type { Tree } from "./tree.js";

/** A file that nothing reads, because its name only resembles one that is read. */
export interface MisnamedFile {
  readonly path: string;
  /** The path that would be read. */
  readonly meant: string;
  /** The environment it would belong to; undefined: all of them. */
  readonly environment: string | undefined;
}

type Kind = "secrets" | "values";

/** A tree does not change while a run looks at it, and many environments, or keys, ask about the same directory. */
const known = new WeakMap<Tree, Map<string, readonly MisnamedFile[]>>();

function once(tree: Tree, directory: string, find: (names: readonly string[]) => MisnamedFile[]) {
  const ofTree = known.get(tree) ?? new Map<string, readonly MisnamedFile[]>();
  known.set(tree, ofTree);
  const found = ofTree.get(directory) ?? find(attempt(collectProblems(), () => tree.list(directory)) ?? []);
  ofTree.set(directory, found);
  return found;
}

/** In the directory of an application; none if it cannot be read, which is said where its files are. */
export function misnamedOf(tree: Tree, application: string, environments: readonly string[]): readonly MisnamedFile[] {
  const directory = `applications/${application}`;
  return once(tree, directory, (names) => misnamedAmong(names, directory, environments));
}

/** The same for names that have already been listed. */
export function misnamedAmong(
  names: readonly string[],
  directory: string,
  environments: readonly string[],
): MisnamedFile[] {
  return names.flatMap((name) => {
    const { kind, environment: word } = partsOf(name, ["secrets", "values"]);
    if (kind === undefined) return [];
    if (word === undefined || environments.includes(word)) return misnamed({ name, directory }, kind, word);
    const environment = slipOf(word, environments, 1);
    // Next to the correct file, it is more likely left over from a removed environment.
    if (environment === undefined || names.includes(`${kind}-${environment}.yaml`)) return [];
    return misnamed({ name, directory }, kind, environment);
  });
}

/** In `environments/`. What stands in them is missing as a whole: nobody knows of such an environment. */
export function misnamedSettings(tree: Tree): readonly MisnamedFile[] {
  const directory = "environments";
  return once(tree, directory, (names) =>
    names.flatMap((name) => {
      const { kind, environment } = partsOf(name, ["values"]);
      if (kind === undefined || (environment !== undefined && !isName(environment))) return [];
      return misnamed({ name, directory }, kind, environment);
    }),
  );
}

interface Parts {
  readonly kind: Kind | undefined;
  readonly environment: string | undefined;
}

const OF_NEITHER: Parts = { kind: undefined, environment: undefined };

/** A file's kind by its name, in any spelling, and the environment in the name. */
function partsOf(name: string, kinds: readonly Kind[]): Parts {
  // Notepad appends it to unknown types; backups such as `secrets.yaml.bak` are not meant to be read.
  const whole = name.trim().replace(/\.txt$/i, "");
  const dot = whole.lastIndexOf(".");
  const base = whole.slice(0, Math.max(dot, 0)).trim();
  const [stem = ""] = /^[a-z]+/i.exec(base) ?? [];
  const kind = kinds.find((each) => each === stem) ?? kinds.find((each) => slipOf(stem, [each], 1) !== undefined);
  const rest = base.slice(stem.length);
  if (!isYaml(whole.slice(dot + 1)) || (rest !== "" && !/^[-_. ]/.test(rest))) return OF_NEITHER;
  return { kind, environment: rest.replace(/^[-_. ]+/, "") || undefined };
}

function isYaml(extension: string): boolean {
  if (!/^[a-z]+$/i.test(extension)) return false;
  return extension === "yaml" || slipOf(extension, ["yaml"], 1) !== undefined;
}

function misnamed(
  { name, directory }: { readonly name: string; readonly directory: string },
  kind: Kind,
  environment: string | undefined,
): MisnamedFile[] {
  const right = environment === undefined ? `${kind}.yaml` : `${kind}-${environment}.yaml`;
  return name === right ? [] : [{ path: `${directory}/${name}`, meant: `${directory}/${right}`, environment }];
}
