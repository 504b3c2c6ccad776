import { lstat, stat } from "node:fs/promises";
import { PhalanxError } from "../errors.js";
import type { FileKindName } from "../model/diagnostics/files.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { readBeginning, readRegularFile } from "./read-bounded.js";

/** A kind of file that this program writes and can recognise. */
export interface FileKind {
  readonly name: FileKindName;
  /** The environment it belongs to, for a program that appends to it. */
  readonly environment?: string;
  /** How many bytes tell it; without, all of them. A report may be larger than anything that is read as a whole. */
  readonly within?: number;
  readonly recognises: (content: Buffer) => boolean;
}

/**
 * Refuses to overwrite. `--force` replaces a file of the same kind, an empty one, and a link, whose target stays as it
 * is; anything else has that name by mistake.
 *
 * @param shown How the operator named it.
 */
export async function refuseReplacing(path: string, shown: string, kind: FileKind, force: boolean): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined) return;
  if (there.isDirectory()) throw new PhalanxError(diagnostic("output-is-directory", { file: shown }));
  const mayGo = there.isSymbolicLink() ? await leadsToNoDevice(path) : there.isFile() && (await isOf(kind, path));
  if (!mayGo) throw new PhalanxError(diagnostic("output-file-of-other-kind", { file: shown, kind: kind.name }));
  if (force) return;
  const { name, environment } = kind;
  const about = environment === undefined ? {} : { subject: { environment } };
  throw new PhalanxError(diagnostic("output-file-exists", { file: shown, kind: name }, about));
}

async function leadsToNoDevice(link: string): Promise<boolean> {
  const target = await stat(link).catch(() => undefined);
  return target === undefined || target.isFile();
}

/** An unreadable file is not recognised. */
async function isOf(kind: FileKind, path: string): Promise<boolean> {
  const reading = kind.within === undefined ? readRegularFile(path) : readBeginning(path, kind.within);
  const content = await reading.catch(() => undefined);
  return content !== undefined && (content.length === 0 || kind.recognises(content));
}

/** The names at the top level of a JSON object, or of YAML as this program writes it. */
export function topLevelNames(content: Buffer): ReadonlySet<string> {
  const text = content.toString("utf8");
  const object = jsonObject(text);
  return new Set(object ? Object.keys(object) : [...text.matchAll(/^([\w-]+):/gm)].map(([, name = ""]) => name));
}

export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
