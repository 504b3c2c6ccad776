import { resolve } from "node:path";
import type { Context } from "../terminal/context.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { leadsOut } from "../files/read-bounded.js";

/**
 * A pull request can put a link where the workflow names a file of the checkout; such a link is not followed. A file
 * outside the checkout comes from another step.
 */
export async function refuseLinkOut({ cwd }: Context, named: string): Promise<void> {
  if (!(await leadsOut(resolve(cwd, named), [cwd]))) return;
  throw new PhalanxError(diagnostic("link-out-of-checkout", {}, { place: { file: named } }));
}
