import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import type { Environment } from "../model/environment.js";
import type { FileLook, ValueSource } from "../model/explanation.js";
import type { SecretRef } from "../model/secret.js";
import type { Context } from "../terminal/context.js";
import { refuseIrregular } from "./load.js";
import { readSecretsContent } from "./static-files.js";

type Look = (ref: SecretRef) => FileLook;

/**
 * Where the values of static secrets come from: the given files, else those that the tree names, else 1Password, else
 * Vault. Decrypts nothing, and does not contact 1Password.
 *
 * @throws PhalanxError if a given file cannot be read.
 */
export async function valueSources(
  context: Context,
  environment: Environment,
  given: readonly string[] | undefined,
): Promise<(ref: SecretRef) => ValueSource> {
  const files = given ?? environment.staticFiles;
  if (files !== undefined) {
    const looks: Look[] = [];
    for (const file of new Set(files))
      looks.push(
        given === undefined ? await lookAnyway(context, environment, file) : await look(context, environment, file),
      );
    return (ref) => ({ kind: "file", given: given !== undefined, files: looks.map((at) => at(ref)) });
  }
  const { onepassword } = environment;
  if (onepassword === undefined) return () => ({ kind: "vault" });
  return ({ application }) => ({ kind: "onepassword", title: onepassword.vaultTitle, item: application });
}

async function look(context: Context, environment: Environment, file: string): Promise<Look> {
  const [{ shown, content }, { lookInto }] = await Promise.all([
    readSecretsContent(context, environment, file),
    import("../sources/look-into.js"),
  ]);
  return lookInto(content, shown, environment);
}

/** A file that only the tree names may be inaccessible: the rest can still be reported. */
async function lookAnyway(context: Context, environment: Environment, file: string): Promise<Look> {
  try {
    await refuseIrregular(resolve(context.cwd, file), file);
    return await look(context, environment, file);
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
    return () => ({ file, state: "unreadable", cause: error.diagnostic });
  }
}
