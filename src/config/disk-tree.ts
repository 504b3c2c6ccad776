import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { ConfigurationError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { decodeUtf8, encodingOf } from "../model/text-encoding.js";
import type { Tree } from "./tree.js";

/** No configuration file is larger than this; a larger file is not read, neither from disk nor from Git. */
export const MAX_BYTES = 5_000_000;

/** Otherwise we would wait for a pipe, or follow a link that has just replaced the file. */
const SAFELY = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * The tree in a directory of this machine, which anyone who proposes a change may have written: links are followed only
 * within it, and a file that is huge, binary or not regular is a ConfigurationError. `cwd` is only used to display
 * short paths.
 */
export function diskTree(root: string, cwd: string): Tree {
  const inside = realpathSync(root);
  const within = inside.endsWith(sep) ? inside : inside + sep;
  const display = (path: string): string => {
    const shown = relative(cwd, join(root, path));
    return shown === "" || shown.startsWith("..") ? join(root, path) : shown;
  };
  /** What is at the place that a path really leads to; undefined if nothing is. */
  const at = <T>(path: string, look: (real: string, shown: () => string) => T): T | undefined => {
    const shown = (): string => display(path);
    return reading(shown, () => {
      const real = realpathSync.native(join(root, path));
      if (real === inside || real.startsWith(within)) return look(real, shown);
      throw new ConfigurationError(diagnostic("link-leads-out", {}, { place: { file: shown() } }));
    });
  };
  return {
    display,
    exists: (path) => at(path, () => true) ?? false,
    list: (directory) => at(directory, (real) => readdirSync(real).sort()) ?? [],
    read: (path) => at(path, readText),
  };
}

/**
 * Undefined where there is nothing to read.
 *
 * @param shown The name as an operator would type it: making one takes longer than a look, and is for errors only.
 */
function reading<T>(shown: () => string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    // There is no file below a file either.
    if (["ENOENT", "ENOTDIR"].includes(code)) return undefined;
    if (code === "ELOOP") throw new ConfigurationError(diagnostic("link-loop", {}, { place: { file: shown() } }));
    // A socket, or a device without anything behind it.
    if (code === "ENXIO") throw notRegular(shown());
    throw new ConfigurationError(diagnostic("file-unreadable", { reason: code }, { place: { file: shown() } }), {
      cause: error,
    });
  }
}

function readText(real: string, shown: () => string): string {
  const file = openSync(real, SAFELY);
  try {
    const found = fstatSync(file);
    if (found.isDirectory())
      throw new ConfigurationError(diagnostic("file-is-directory", {}, { place: { file: shown() } }));
    if (!found.isFile()) throw notRegular(shown());
    if (found.size > MAX_BYTES) {
      throw new ConfigurationError(diagnostic("file-too-large", {}, { place: { file: shown() } }));
    }
    const bytes = readFileSync(file);
    const text = decodeUtf8(bytes);
    if (text === undefined)
      throw new ConfigurationError(diagnostic("file-not-utf8", encodingOf(bytes), { place: { file: shown() } }));
    if (text.includes("\0")) throw new ConfigurationError(diagnostic("file-binary", {}, { place: { file: shown() } }));
    return text;
  } finally {
    closeSync(file);
  }
}

function notRegular(shown: string): ConfigurationError {
  return new ConfigurationError(diagnostic("file-not-regular", {}, { place: { file: shown } }));
}
