import { homedir } from "node:os";
import { join } from "node:path";
import { type Context, variable } from "./context.js";

/** The path of a file that is kept for an environment, beside those of others. */
export function statePath(context: Context, name: string): string {
  const state = variable(context, "XDG_STATE_HOME") ?? join(variable(context, "HOME") ?? homedir(), ".local", "state");
  return join(state, "phalanx", encodeURIComponent(name));
}
