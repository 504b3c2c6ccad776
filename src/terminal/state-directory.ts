import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { type Context, variable } from "./context.js";

/** The path of a file that is kept for an environment, beside those of others. */
export function statePath(context: Context, name: string): string {
  const given = variable(context, "XDG_STATE_HOME");
  // As XDG demands: a relative one would be another one in each directory.
  const state =
    given !== undefined && isAbsolute(given) ? given : join(variable(context, "HOME") ?? homedir(), ".local", "state");
  return join(state, "phalanx", encodeURIComponent(name));
}
