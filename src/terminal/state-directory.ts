import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { PhalanxError } from "../errors.js";
import { reasonOf } from "../files/file-fault.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Context, variable } from "./context.js";

/** The path of a file kept for an environment. */
export function statePath(context: Context, name: string): string {
  const given = variable(context, "XDG_STATE_HOME");
  // XDG requires it to be absolute: a relative path would be different in each directory.
  const state =
    given !== undefined && isAbsolute(given) ? given : join(variable(context, "HOME") ?? homedir(), ".local", "state");
  return join(state, "phalanx", encodeURIComponent(name));
}

/** Creates the directory of such a file, for its owner only. */
export async function makeStateDirectory(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    const details = { directory: dirname(path), reason: reasonOf(error) };
    throw new PhalanxError(diagnostic("state-directory-unusable", details), { cause: error });
  });
}
