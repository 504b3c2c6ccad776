import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { LeftReason } from "../model/who-uses.js";

/** The files of a chart, any of which the author of a change may have written. */
export interface ChartFiles {
  /** By path relative to the chart, sorted. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly left: readonly LeftFile[];
}

export interface LeftFile {
  readonly file: string;
  readonly reason: LeftReason;
}

const MAX_FILE = 5_000_000;
const MAX_ALL = 50_000_000;
const MAX_FILES = 3000;
const MAX_DEPTH = 12;

/** Otherwise we would wait for a pipe, or follow a link that has just replaced the file. */
const SAFELY = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** Not used in rendering: definitions that are not objects, and documentation. */
const NEVER = /^(?:\.git|crds|README\.md|README\.md\.gotmpl)$/;

/** Reads every file of a chart below `root`. Follows links only within it. */
export function readChartFiles(root: string, directory: string): ChartFiles {
  const inside = realpathSync(root);
  const files = new Map<string, Buffer>();
  const left: LeftFile[] = [];
  let size = 0;
  const leave = (file: string, reason: LeftReason): void => void left.push({ file, reason });
  const visit = (path: string, name: string, depth: number): void => {
    const real = realPath(path);
    if (real === undefined) return leave(name, "unreadable");
    if (real !== inside && !real.startsWith(inside.endsWith(sep) ? inside : inside + sep))
      return leave(name, "link-leads-out");
    if (files.size >= MAX_FILES || depth > MAX_DEPTH) return leave(name, "too-many");
    const names = namesIn(real);
    if (names !== undefined) {
      for (const each of names)
        if (depth > 0 || !NEVER.test(each)) visit(join(real, each), name === "" ? each : `${name}/${each}`, depth + 1);
      return;
    }
    const content = contentOf(real, MAX_ALL - size);
    if (typeof content === "string") return leave(name, content);
    size += content.length;
    files.set(name, content);
  };
  visit(join(root, directory), "", 0);
  return { files, left };
}

/** One file below `root`; undefined if it does not exist or must not be read. */
export function readFileBelow(root: string, path: string): Buffer | undefined {
  const inside = realpathSync(root);
  const real = realPath(join(root, path));
  if (real === undefined || !real.startsWith(inside.endsWith(sep) ? inside : inside + sep)) return undefined;
  const content = contentOf(real, MAX_FILE);
  return typeof content === "string" ? undefined : content;
}

/** Whether a directory of the tree has a file. */
export function hasFile(root: string, path: string): boolean {
  return statSync(join(root, path), { throwIfNoEntry: false })?.isFile() ?? false;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** Undefined if it is not a directory. */
function namesIn(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOTDIR" ? undefined : [];
  }
}

function contentOf(path: string, room: number): Buffer | LeftReason {
  let file: number | undefined;
  try {
    file = openSync(path, SAFELY);
    const status = fstatSync(file);
    if (!status.isFile()) return "not-regular";
    if (status.size > Math.min(MAX_FILE, room)) return "too-large";
    return readFileSync(file);
  } catch (error) {
    // A socket, or a device without a driver.
    return (error as NodeJS.ErrnoException).code === "ENXIO" ? "not-regular" : "unreadable";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
