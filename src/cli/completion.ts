import { ExitCode } from "../errors.js";
import { SCRIPTS, type Shell } from "../render/completion.js";
import type { Context } from "../terminal/context.js";

/** `phalanx completion SHELL`: the script that a shell loads to complete what is typed after `phalanx`. */
export function run(context: Context, shell: Shell): Promise<ExitCode> {
  context.stdout.write(SCRIPTS[shell]);
  return Promise.resolve(ExitCode.ok);
}
