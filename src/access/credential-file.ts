import type { Stats } from "node:fs";
import { resolve } from "node:path";
import { isOwn } from "../files/ownership.js";
import { readNamedFile } from "../files/read-bounded.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Context, notify } from "../terminal/context.js";

/**
 * Reads a file that holds a credential. Warns if another user can read or change it; for a pipe, that is up to the
 * shell.
 *
 * @param shown What the warning calls it.
 */
export async function readCredentialFile(context: Context, path: string, shown: string): Promise<Buffer> {
  return readNamedFile(resolve(context.cwd, path), (status: Stats) => {
    if (status.isFile() && !isOwn(status, context.env))
      notify(context, diagnostic("credential-file-not-own", { file: shown }));
  });
}
