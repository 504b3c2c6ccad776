import { lstatSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { ACCESS_FILE, FLEET_CONFIG } from "../model/configuration-files.js";
import { isForEverybody, isOwn } from "../files/ownership.js";

/**
 * A configuration tree, independent of its storage. Paths are relative to its root and use `/`. Anything that exists
 * but cannot be read is a ConfigurationError.
 */
export interface Tree {
  /** The text of a file, or undefined if there is none. */
  read(path: string): string | undefined;
  /** The names in a directory, sorted; empty if there is none. */
  list(directory: string): readonly string[];
  exists(path: string): boolean;
  /** How an operator would name the file in a shell. */
  display(path: string): string;
}

const MARKERS = ["environments", "applications"] as const;

/**
 * Even if a directory is merely inaccessible (permissions, a link cycle, a name that is too long), it is not a root.
 */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Where a run was started, and by whom. */
export interface Start {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The root of the configuration: `--config`, else the nearest directory at or above `cwd` that holds both
 * `environments/` and `applications/`.
 */
export function findRoot(option: string | undefined, start: Start): string {
  const { cwd } = start;
  if (option !== undefined) {
    const root = resolve(cwd, option);
    const missing = MARKERS.filter((name) => !isDirectory(join(root, name)));
    if (missing.length === 0) return root;
    throw new PhalanxError(diagnostic("configuration-root-invalid", { given: option, missing }));
  }
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    if (MARKERS.every((name) => isDirectory(join(directory, name)))) {
      refusePlanted(directory, start);
      return directory;
    }
    if (directory === dirname(directory)) break;
  }
  throw new PhalanxError(diagnostic("configuration-not-found"));
}

/**
 * Anyone who can write to a directory above someone else's, such as /tmp, could put a configuration there that names
 * their own server. Nobody asked for it by name, so it has to belong to the current user, as Git requires of a
 * repository, or to root; and where everyone is meant to write, ownership does not prove who wrote it.
 */
function refusePlanted(root: string, { env }: Start): void {
  const refuse = (code: "configuration-of-other-user" | "configuration-writable-by-all", path: string): never => {
    throw new PhalanxError(diagnostic(code, { root, path }));
  };
  for (const path of [...[...MARKERS, FLEET_CONFIG, ACCESS_FILE].map((name) => join(root, name)), root]) {
    // A link has an owner of its own, independent of its target's.
    const looks = [lstatSync(path, { throwIfNoEntry: false }), statSync(path, { throwIfNoEntry: false })];
    for (const found of looks.filter((look) => look !== undefined)) {
      if (!isOwn(found, env)) refuse("configuration-of-other-user", path);
      if (!found.isSymbolicLink() && isForEverybody(found)) refuse("configuration-writable-by-all", path);
    }
  }
}

/** A tree that records what was read through it. */
export interface RecordingTree extends Tree {
  /** By path; undefined if there was no such file. */
  readonly readings: ReadonlyMap<string, string | undefined>;
}

export function recordReadings(tree: Tree): RecordingTree {
  const readings = new Map<string, string | undefined>();
  return {
    ...tree,
    readings,
    read: (path) => {
      const text = tree.read(path);
      readings.set(path, text);
      return text;
    },
  };
}
