import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { FileFault } from "../model/file-fault.js";
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
 *
 * @param head What such a file begins with: another one, which was named by a slip, stays as it is.
 */
export async function openToAppend(path: string, head: string): Promise<AppendFile> {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const flags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
  const file = await open(path, flags, 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ELOOP") throw fileError("link");
    throw error.code === "EISDIR" ? fileError("not-regular") : error;
  });
  const fault = await faultOf(file, head);
  if (fault !== undefined) {
    await file.close();
    throw fileError(fault);
  }
  return {
    append: async (line) => {
      const { size } = await file.stat();
      // A line that a full disk has cut off stays one of its own.
      const isWhole = size === 0 || (await textAt(file, size - 1, 1)) === "\n";
      const bytes = Buffer.from(isWhole ? line : `\n${line}`);
      const { bytesWritten } = await file.write(bytes);
      if (bytesWritten < bytes.length) throw Object.assign(new Error("cut off"), { code: "ENOSPC" });
      await file.sync();
    },
    close: () => file.close(),
  };
}

async function faultOf(file: FileHandle, head: string): Promise<FileFault | undefined> {
  const status = await file.stat();
  if (!status.isFile()) return "not-regular";
  if (!isOwn(status)) return "another-user";
  return status.size === 0 || (await textAt(file, 0, head.length)) === head ? undefined : "of-another-kind";
}

async function textAt(file: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString("latin1", 0, bytesRead);
}
