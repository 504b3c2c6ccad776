import { open } from "node:fs/promises";
import { type OpenFile, openRegular } from "./ownership.js";

const MIB = 1024 * 1024;

/** Nothing that an operator gives is larger than this, and what does not end is not read for ever. */
const LIMIT = 64 * MIB;

/** Reads a stream to its end. Callers put the code of an error into their message. */
export async function readBounded(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > LIMIT) throw Object.assign(new Error("too large"), { code: `larger than ${LIMIT / MIB} MiB` });
  }
  return Buffer.concat(chunks);
}

/** Reads a file that an operator named: it may be a link or a pipe, as in `<(command)`. */
export async function readNamedFile(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    return await readBounded(file.createReadStream({ autoClose: false }));
  } finally {
    await file.close();
  }
}

/** Reads a file that is there for good: neither a link nor a pipe. */
export async function readRegularFile(
  path: string,
  opening: (path: string) => Promise<OpenFile> = openRegular,
): Promise<Buffer> {
  const { file } = await opening(path);
  try {
    return await readBounded(file.createReadStream({ autoClose: false }));
  } finally {
    await file.close();
  }
}
