import { realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import type { Context } from "../cli/context.js";
import { PhalanxError } from "../errors.js";

/**
 * A pull request can put a link where the workflow names a file of the checkout: what that leads to is not read. A file
 * outside of the checkout is one that another step made.
 */
export async function refuseLinkOut(context: Context, named: string): Promise<void> {
  const path = resolve(context.cwd, named);
  if (!isBelow(context.cwd, path)) return;
  const [checkout, real] = await Promise.all([realpath(context.cwd), realpath(path).catch(() => undefined)]);
  if (real === undefined || isBelow(checkout, real)) return;
  throw new PhalanxError(`${named} is a link that leads out of the checkout`, { hint: "Put the file itself there." });
}

function isBelow(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
