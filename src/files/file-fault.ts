import type { FileFault } from "../model/file-fault.js";

/** The error for a file that we refuse: like a system error, with a code. */
export function fileError(code: FileFault): Error {
  return Object.assign(new Error(code), { code });
}

/** Why an operation on a file failed, for a diagnostic: a fault code of ours or the system's code. */
export function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown error";
}
