import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { FileFault } from "../model/file-fault.js";
import { fileError } from "./file-fault.js";
import { isOwn } from "./ownership.js";

/** A file to append lines to. */
export interface AppendFile {
  /**
   * Appends a line with a single write, so that lines of concurrent programs stay apart; rejects if the write is
   * incomplete.
   */
  readonly append: (line: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a regular file for appending, or creates it for its owner alone. In a place that others can write to, the file
 * may have been swapped: follows no link, and waits for no pipe.
 *
 * @param head What such a file begins with: a different file, named by mistake, is left unchanged.
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
      // A line truncated by a full disk stays separate.
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
