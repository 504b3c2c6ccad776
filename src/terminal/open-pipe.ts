import { constants, fstatSync, type Stats, writeFile, writeSync } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { isOwn } from "../files/ownership.js";
import type { Context } from "./context.js";
import { writeRefusal } from "../files/write-file.js";

/** Something that is written to but never replaced: a pipe, or a device. */
export interface Pipe {
  readonly write: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Undefined if there is none at that path. Opened once: later changes of its name do not matter. */
export async function openPipe(context: Context, path: string, shown: string): Promise<Pipe | undefined> {
  try {
    return openInherited(context, path) ?? (await openNamed(path, shown));
  } catch (error) {
    if (error instanceof PhalanxError) throw error;
    if ((error as NodeJS.ErrnoException).code === "ENXIO")
      throw new PhalanxError(diagnostic("output-pipe-unread", { file: shown }));
    throw writeRefusal(error, shown);
  }
}

const leaveOpen = (): Promise<void> => Promise.resolve();

/** What the shell passed to this process, as with `>(command)`, is the operator's choice, regardless of its owner. */
function openInherited(context: Context, path: string): Pipe | undefined {
  if (path === "/dev/stdout") return { write: context.stdout.deliver, close: leaveOpen };
  if (path === "/dev/stderr") return { write: context.stderr.deliver, close: leaveOpen };
  const [, number] = /^\/(?:dev|proc\/self)\/fd\/(\d{1,9})$/.exec(path) ?? [];
  if (number === undefined) return undefined;
  const descriptor = Number(number);
  fstatSync(descriptor);
  // Fails if it is open for reading only.
  writeSync(descriptor, "");
  const write = (text: string): Promise<void> =>
    new Promise((done, fail) => writeFile(descriptor, text, (error) => (error === null ? done() : fail(error))));
  return { write, close: leaveOpen };
}

async function openNamed(path: string, shown: string): Promise<Pipe | undefined> {
  const there = await lstat(path).catch(() => undefined);
  // With --force a link is replaced, and its target stays as it is.
  if (there === undefined || there.isFile() || there.isSymbolicLink()) return undefined;
  if (there.isDirectory()) throw new PhalanxError(diagnostic("output-is-directory", { file: shown }));
  // Before opening, so that someone else's pipe notices nothing; afterwards, because it may have been swapped.
  refuseForeign(there, shown);
  const file = await open(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY);
  try {
    refuseForeign(await file.stat(), shown);
  } catch (error) {
    await file.close();
    throw error;
  }
  return { write: (text) => file.writeFile(text), close: () => file.close() };
}

function refuseForeign(status: Stats, file: string): void {
  const isPipe = status.isFIFO();
  if (!isPipe && !status.isCharacterDevice()) throw new PhalanxError(diagnostic("output-not-a-file", { file }));
  if (!isOwn(status))
    throw new PhalanxError(diagnostic(isPipe ? "output-pipe-not-own" : "output-device-not-own", { file }));
  if (isPipe && (status.mode & 0o044) !== 0) throw new PhalanxError(diagnostic("output-pipe-readable", { file }));
}
