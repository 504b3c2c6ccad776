import { PhalanxError } from "../errors.js";
import { isOwn } from "../files/ownership.js";
import { openNamedFile, readBounded } from "../files/read-bounded.js";
import { decodeUtf8 } from "../yaml/decode.js";

/** What a file holds, before anybody knows whether it is text. */
export interface Content {
  readonly content: Buffer;
  /** The permissions of a file that others than its owner may open. */
  readonly openTo: string | undefined;
  /** Whether it belongs to another user. */
  readonly strange: boolean;
}

/**
 * Reads a file of static secrets.
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
      const strange = status.isFile() && !isOwn(status);
      return { content: await readBounded(handle.createReadStream({ autoClose: false })), openTo, strange };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new PhalanxError(code === "ENOENT" ? `${shown} does not exist` : `${shown} cannot be read (${code})`, {
      hint: "Give the file of static secrets with --secrets FILE; phalanx secrets static-template ENV writes an empty one.",
      cause: error,
    });
  }
}

/** The text of such a file. */
export function textOf(content: Uint8Array, shown: string): string {
  const text = decodeUtf8(content);
  if (text === undefined) throw new PhalanxError(`${shown}: is not UTF-8`, { hint: "Save it in UTF-8." });
  return text;
}
