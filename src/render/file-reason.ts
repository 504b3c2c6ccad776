import { FILE_LIMIT_MIB, type FileFault } from "../model/file-fault.js";

const FAULTS: Readonly<Record<FileFault, string>> = {
  "another-user": "it belongs to another user",
  "leads-out-of-repository": "a link that leads out of its repository",
  link: "it is a link",
  "not-regular": "it is no regular file",
  "of-another-kind": "it holds something else",
  "too-large": `larger than ${FILE_LIMIT_MIB} MiB`,
};

/** Why a file operation failed: a fault of ours in words, or the system's code. */
export function fileReason(reason: string): string {
  return FAULTS[reason as FileFault] ?? reason;
}

/** What is the matter with a file that was to be read. */
export function unreadableFile(file: string, reason: string): string {
  return reason === "ENOENT" ? `${file} does not exist` : `${file} cannot be read (${fileReason(reason)})`;
}
