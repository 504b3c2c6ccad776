import type { Values } from "../faults/state.js";

/** One of several runs that happen at once, and what it may do to a version that it finds. */
export interface ConcurrentRun {
  readonly name: string;
  readonly args: readonly string[];
  readonly input: string;
  /** The keys that it may write, as APP/KEY. */
  readonly keys: ReadonlySet<string>;
  /** Those of them that get a new value if it ends well. */
  readonly rotated: readonly string[];
  /** What a version of an application must hold that it has written; undefined: made up, or following another. */
  readonly promised: (application: string, first: Values | undefined) => Values | undefined;
}

type Kind = (number: number) => ConcurrentRun;

const nothing = (): undefined => undefined;
const FOLLOWING_S = ["copier/s", "copier/t"];
const FOLLOWING_P = ["origin/h", "copier/p", "other/r"];

const sync =
  (file: string): Kind =>
  () => ({
    name: `sync ${file}`,
    args: ["secrets", "sync", "test", "--secrets", `${file}.yaml`],
    input: "",
    keys: new Set(["origin/s", ...FOLLOWING_S, ...FOLLOWING_P, "pull-secret/.dockerconfigjson"]),
    rotated: [],
    promised: (application) => (application === "origin" ? { s: file } : undefined),
  });

const rotate =
  (...names: readonly string[]): Kind =>
  () => ({
    name: `rotate ${names.join(" ")}`,
    args: ["secrets", "rotate", "test", ...names, "--yes"],
    input: "",
    keys: new Set([...names, ...(names.includes("origin/p") ? FOLLOWING_P : [])]),
    rotated: names,
    promised: nothing,
  });

/** All that can run at once; each gets a number of its own. */
export const KINDS: readonly Kind[] = [
  sync("one"),
  sync("two"),
  rotate("origin/p"),
  rotate("other/q"),
  rotate("origin/p", "other/q"),
  (number) => ({
    name: `set ${number}`,
    args: ["secrets", "set", "test", "origin/s", "--yes"],
    input: `set by run ${number}`,
    keys: new Set(["origin/s", ...FOLLOWING_S]),
    rotated: [],
    promised: (application) => (application === "origin" ? { s: `set by run ${number}` } : undefined),
  }),
  () => ({
    name: "restore origin",
    args: ["secrets", "restore", "test", "--kv-version", "1", "origin", "--allow-mass-change", "--yes"],
    input: "",
    keys: new Set(["origin/p", "origin/s", ...FOLLOWING_S, ...FOLLOWING_P]),
    rotated: [],
    promised: (application, first) => (application === "origin" ? first : undefined),
  }),
];
