import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { meantName } from "../model/nearest.js";
import { reasonOf } from "./file-fault.js";

/** Why a file cannot be read, for a diagnostic. */
export interface ReadFault {
  /** How the operator named it. */
  readonly file: string;
  readonly reason: string;
  /** If it is missing: the existing file beside it that was most likely meant. */
  readonly meant: string | undefined;
}

/** @param shown How the operator named the file; the suggestion is written the same way. */
export async function readFault(error: unknown, path: string, shown: string): Promise<ReadFault> {
  const reason = reasonOf(error);
  return { file: shown, reason, meant: reason === "ENOENT" ? await meantFile(path, shown) : undefined };
}

async function meantFile(path: string, shown: string): Promise<string | undefined> {
  const entries = await readdir(dirname(path), { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name);
  const meant = meantName(basename(path), names);
  return meant === undefined ? undefined : join(dirname(shown), meant);
}
