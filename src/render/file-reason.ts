import { FILE_LIMIT_MIB, type FileFault } from "../model/file-fault.js";

const FAULTS: Readonly<Record<FileFault, string>> = {
  "another-user": "it belongs to another user",
  "leads-out-of-repository": "a link that leads out of its repository",
  link: "it is a link",
  "not-regular": "it is not a regular file",
  "of-another-kind": "it holds something else",
  "too-large": `larger than ${FILE_LIMIT_MIB} MiB`,
};

/** Codes of the system that say little to who did not write the program. */
const CODES: Readonly<Record<string, string>> = { EISDIR: "it is a directory" };

/** Why a file operation failed: a fault of ours in words, or the system's code. */
export function fileReason(reason: string): string {
  return FAULTS[reason as FileFault] ?? CODES[reason] ?? reason;
}

/** What is the matter with a file that was to be read. */
export function unreadableFile(file: string, reason: string): string {
  if (reason === "EISDIR") return `${file} is a directory`;
  return reason === "ENOENT" ? `${file} does not exist` : `${file} cannot be read (${fileReason(reason)})`;
}
