import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { type Context, notify } from "../terminal/context.js";

type Named = Pick<Environment, "name" | "filesOfOthers">;

/** Warns of a static secrets file that `phalanx.yaml` names for other environments alone. */
export function warnOfOthersFile(context: Context, environment: Named, file: string): void {
  const environments = othersOf(context, environment, file);
  const about = { subject: { environment: environment.name } };
  if (environments) notify(context, diagnostic("static-file-of-other-environment", { file, environments }, about));
}

/** @throws PhalanxError for such a file where it would be written to. */
export function refuseOthersFile(context: Context, environment: Named, file: string): void {
  const environments = othersOf(context, environment, file);
  const about = { subject: { environment: environment.name } };
  if (environments)
    throw new PhalanxError(diagnostic("edited-file-of-other-environment", { file, environments }, about));
}

function othersOf({ cwd }: Context, { filesOfOthers }: Named, file: string): readonly string[] | undefined {
  return [...(filesOfOthers ?? [])].find(([path]) => resolve(cwd, path) === resolve(cwd, file))?.[1];
}
