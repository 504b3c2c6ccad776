import { resolve } from "node:path";
import { type IdentityOption, operatorKeys } from "../access/identity.js";
import { PhalanxError } from "../errors.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { type Content, readContent } from "../sources/content.js";
import { openStaticSecrets } from "../sources/file.js";
import type { FromFile } from "../sources/merge.js";
import { type Context, notify } from "../terminal/context.js";
import { warnOfOthersFile } from "./file-of-others.js";

/**
 * Static secrets from files, one after the other, because each may prompt for a passphrase. Passes on their warnings.
 */
export async function loadFiles(
  context: Context,
  environment: Environment,
  files: readonly string[],
  options: IdentityOption,
): Promise<StaticSecrets> {
  const keys = operatorKeys(context, options);
  const all: FromFile[] = [];
  for (const file of new Set(files)) {
    const { content, shown, isInput } = await readSecretsContent(context, environment, file);
    const { staticSecrets, warnings } = await openStaticSecrets(content, shown, environment, keys);
    for (const warning of warnings) notify(context, warning);
    all.push({ file: shown, staticSecrets: isInput ? { ...staticSecrets, files: [] } : staticSecrets });
  }
  const [first, ...others] = all;
  if (first && others.length === 0) return first.staticSecrets;
  const { mergeStaticSecrets } = await import("../sources/merge.js");
  const { staticSecrets, conflicts } = mergeStaticSecrets(environment.name, all);
  for (const conflict of conflicts) notify(context, conflict);
  return staticSecrets;
}

/** Means standard input instead of a file. */
const STDIN = "-";

/** The content of a static secrets file named by an operator, and its displayed name. */
export async function readSecretsContent(
  context: Context,
  environment: Environment,
  file: string,
): Promise<{ readonly content: Content; readonly shown: string; readonly isInput: boolean }> {
  if (file === STDIN) return { content: await readInput(context), shown: "standard input", isInput: true };
  warnOfOthersFile(context, environment, file);
  const { name, staticFiles, staticFilesNamedAt } = environment;
  const namedAt = staticFiles?.includes(file) ? staticFilesNamedAt : undefined;
  const content = await readContent(resolve(context.cwd, file), file).catch((error: unknown) => {
    if (!(error instanceof PhalanxError) || error.diagnostic.code !== "secrets-file-unreadable") throw error;
    const { details } = error.diagnostic as Diagnostic<"secrets-file-unreadable">;
    const about = { subject: { environment: name } };
    throw new PhalanxError(diagnostic("secrets-file-unreadable", { ...details, namedAt }, about), { cause: error });
  });
  return { content, shown: file, isInput: false };
}

async function readInput({ stdin }: Context): Promise<Content> {
  if (stdin.isTTY) throw new PhalanxError(diagnostic("secrets-typed"));
  return { content: await stdin.readBytes(), openTo: undefined, foreign: false };
}
