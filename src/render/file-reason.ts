import { FILE_LIMIT_MIB, type FileFault } from "../model/file-fault.js";

const FAULTS: Readonly<Record<FileFault, string>> = {
  "another-user": "it belongs to another user",
  "leads-out-of-repository": "it is a link to a path outside its repository",
  link: "it is a link",
  "not-regular": "it is not a regular file",
  "of-another-kind": "it holds something else",
  "too-large": `larger than ${FILE_LIMIT_MIB} MiB`,
};

/** System error codes that mean little to a user. */
const CODES: Readonly<Record<string, string>> = { EISDIR: "it is a directory" };

/** Why a file operation failed: one of our faults in words, or the system's code. */
export function fileReason(reason: string): string {
  return FAULTS[reason as FileFault] ?? CODES[reason] ?? reason;
}

/** Why a file could not be read. */
export function unreadableFile(file: string, reason: string): string {
  if (reason === "EISDIR") return `${file} is a directory`;
  return reason === "ENOENT" ? `${file} does not exist` : `${file} cannot be read (${fileReason(reason)})`;
}
