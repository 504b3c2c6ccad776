import { open, rename, rm } from "node:fs/promises";
import { writeRefusal } from "./write-refusal.js";

export interface WriteFileOptions {
  /** How the operator named it. */
  readonly shown: string;
  /** Whether an existing file is replaced. */
  readonly force: boolean;
  /** Whether only its owner may read it. */
  readonly isPrivate: boolean;
}

/** Writes a file so that nobody ever finds half of one under its name, whatever happens meanwhile. */
export async function writeWholeFile(
  path: string,
  content: string | Uint8Array,
  { shown, force, isPrivate }: WriteFileOptions,
): Promise<void> {
  const target = force ? `${path}.new-${globalThis.crypto.randomUUID().slice(0, 8)}` : path;
  try {
    const file = await open(target, "wx", isPrivate ? 0o600 : 0o666);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (force) await rename(target, path);
  } catch (error) {
    // What was there before is not ours to remove.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") await rm(target, { force: true }).catch(() => undefined);
    throw writeRefusal(error, shown);
  }
}

/** Writes a file that only its owner may read. */
export function writePrivateFile(
  path: string,
  shown: string,
  content: string | Uint8Array,
  force: boolean,
): Promise<void> {
  return writeWholeFile(path, content, { shown, force, isPrivate: true });
}
