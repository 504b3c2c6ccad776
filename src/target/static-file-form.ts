import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import type { Environment } from "../model/environment.js";
import type { FileEditor } from "../model/static-origin.js";
import { textOf } from "../sources/content.js";
import { looksLikeAge } from "../sources/encrypted/age-format.js";
import { looksLikeSops } from "../sources/file.js";
import type { Context } from "../terminal/context.js";
import { refuseIrregular } from "./load.js";
import { readSecretsContent } from "./static-files.js";

/** What a static secrets file that the tree names is changed with; one that cannot be read may have any form. */
export async function editorFor(context: Context, environment: Environment, file: string): Promise<FileEditor> {
  try {
    await refuseIrregular(resolve(context.cwd, file), file);
    const { content, shown } = await readSecretsContent(context, environment, file);
    if (looksLikeAge(content.content)) return "phalanx";
    return looksLikeSops(textOf(content.content, shown)) ? "sops" : "any";
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
    return "any";
  }
}
