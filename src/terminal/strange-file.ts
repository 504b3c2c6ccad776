import type { Stats } from "node:fs";
import { isOwn } from "../files/ownership.js";
import { type Context, warn } from "./context.js";

/** Warns of a file with a credential that somebody else can read and change: with a pipe the shell decides. */
export function warnIfStrange(context: Context, shown: string): (status: Stats) => void {
  return (status) => {
    if (status.isFile() && !isOwn(status, context.env))
      warn(context, `${shown} belongs to another user, who can read and change it: use a file of your own`);
  };
}
