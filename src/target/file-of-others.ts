import { resolve } from "node:path";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { type Context, notify } from "../terminal/context.js";

/** Warns of a static secrets file that `phalanx.yaml` names for other environments alone. */
export function warnOfOthersFile(
  context: Context,
  { name, filesOfOthers }: Pick<Environment, "name" | "filesOfOthers">,
  file: string,
): void {
  for (const [path, environments] of filesOfOthers ?? []) {
    if (resolve(context.cwd, path) !== resolve(context.cwd, file)) continue;
    const details = { file, environments };
    notify(context, diagnostic("static-file-of-other-environment", details, { subject: { environment: name } }));
  }
}
