import { open, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { ExitCode, PhalanxError } from "../../errors.js";
import type { Context } from "../context.js";
import { writePrivateFile } from "../write-file.js";
import { writeRefusal } from "../write-refusal.js";

export interface OutputOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/**
 * Makes a credential and prints it, or writes it to a file that only its owner may read. The file is taken possession
 * of before: once the credential is made, its predecessors may be gone, so that it must not get lost.
 */
export async function withOutput(context: Context, options: OutputOptions, make: () => Promise<string>): Promise<void> {
  const { output, force } = options;
  if (output === undefined) return context.stdout.write(await make());
  const path = resolve(context.cwd, output);
  if (!force) await reserve(path, output);
  let text: string;
  try {
    text = await make();
  } catch (error) {
    if (!force) await rm(path, { force: true });
    throw error;
  }
  await writePrivateFile(path, output, text, true);
}

/** Says what is left to be done after a credential was made and shown. */
export function requireComplete(problems: readonly string[], what: string): void {
  if (problems.length > 0) throw incomplete(problems, what);
}

export function incomplete(problems: readonly string[], what: string): PhalanxError {
  return new PhalanxError(`The new ${what} was made, but not everything after that could be done`, {
    problems: problems.map((message) => ({ message })),
    hint: "Run it again once Vault can be reached, which makes a new one and ends all others; or end them one by one.",
    exitCode: ExitCode.findings,
  });
}

async function reserve(path: string, shown: string): Promise<void> {
  try {
    await (await open(path, "wx", 0o600)).close();
  } catch (error) {
    throw writeRefusal(error, shown);
  }
}
