import { open, rename, rm } from "node:fs/promises";
import { writeRefusal } from "./write-refusal.js";

/**
 * Writes a file that only its owner may read, atomically.
 *
 * @param shown How the operator named it.
 * @param force Whether an existing file is replaced.
 */
export async function writePrivateFile(
  path: string,
  shown: string,
  content: string | Uint8Array,
  force: boolean,
): Promise<void> {
  try {
    if (!force) {
      const file = await open(path, "wx", 0o600);
      await file.writeFile(content);
      await file.close();
      return;
    }
    const temporary = `${path}.new-${Math.random().toString(36).slice(2, 10)}`;
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path).catch(async (error: unknown) => {
      await rm(temporary, { force: true });
      throw error;
    });
  } catch (error) {
    throw writeRefusal(error, shown);
  }
}
