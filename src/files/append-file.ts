import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { fileError } from "./file-fault.js";
import { isOwn } from "./ownership.js";

/** A file that lines are added to. */
export interface AppendFile {
  /** Adds a line with one write, so that those of programs that run at once stay apart; rejects if not all of it is there. */
  readonly append: (line: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a regular file to add to it, and makes it, for its owner alone, if it is not there. In a place that others can
 * write to it may have been exchanged: no link is followed, and no pipe is waited for.
 */
export async function openToAppend(path: string): Promise<AppendFile> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
  const file = await open(path, flags, 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ELOOP") throw fileError("link");
    // A pipe that nobody reads, or a directory.
    throw error.code === "ENXIO" || error.code === "EISDIR" ? fileError("not-regular") : error;
  });
  const status = await file.stat();
  const fault = status.isFile() ? (isOwn(status) ? undefined : "another-user") : "not-regular";
  if (fault !== undefined) {
    await file.close();
    throw fileError(fault);
  }
  return {
    append: async (line) => {
      const bytes = Buffer.from(line);
      const { bytesWritten } = await file.write(bytes);
      if (bytesWritten < bytes.length) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
      await file.sync();
    },
    close: () => file.close(),
  };
}
