import { PhalanxError } from "../errors.js";
import { readFault } from "../files/meant-file.js";
import { isOwn } from "../files/ownership.js";
import { openNamedFile, readBounded } from "../files/read-bounded.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { decodeUtf8, encodingOf } from "../model/text-encoding.js";

/** What a file contains, before it is known to be text. */
export interface Content {
  readonly content: Buffer;
  /** The permissions of a file that users other than its owner may open. */
  readonly openTo: string | undefined;
  /** Whether it belongs to another user. */
  readonly foreign: boolean;
}

/**
 * Reads a static secrets file.
 *
 * @param shown How the operator named it.
 */
export async function readContent(path: string, shown: string): Promise<Content> {
  try {
    const handle = await openNamedFile(path);
    try {
      const status = await handle.stat();
      const exposed = status.isFile() && (status.mode & 0o077) !== 0;
      const openTo = exposed ? (status.mode & 0o777).toString(8).padStart(4, "0") : undefined;
      const foreign = status.isFile() && !isOwn(status);
      return { content: await readBounded(handle.createReadStream({ autoClose: false })), openTo, foreign };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const details = await readFault(error, path, shown);
    throw new PhalanxError(diagnostic("secrets-file-unreadable", details), { cause: error });
  }
}

/** The text of such a file, or of another one named by an operator. */
export function textOf(content: Uint8Array, shown: string): string {
  const text = decodeUtf8(content);
  if (text === undefined)
    throw new PhalanxError(diagnostic("file-not-utf8", encodingOf(content), { place: { file: shown } }));
  return text;
}
