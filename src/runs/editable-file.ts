import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type IdentityOption, operatorKeys } from "../access/identity.js";
import { PhalanxError } from "../errors.js";
import { readFault } from "../files/meant-file.js";
import { isShared, openOwn } from "../files/ownership.js";
import { readRegularFile, refuseLeadingOut } from "../files/read-bounded.js";
import { writeWholeFile } from "../files/write-file.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { textOf } from "../sources/content.js";
import { type Audience, audienceOf, openAge, sealAge } from "../sources/encrypted/age.js";
import { looksLikeAge } from "../sources/encrypted/age-format.js";
import { looksLikeSops } from "../sources/file.js";
import { type Context, notify } from "../terminal/context.js";

export interface EditableOptions extends IdentityOption {
  /** Recipients, instead of those that the identities imply. */
  readonly encryptTo: readonly string[];
}

/** A decrypted static secrets file, and how to encrypt it again. */
export interface Opened {
  readonly text: string;
  /** Undefined for a file that is and stays unencrypted. */
  readonly audience: Audience | undefined;
  readonly armoured: boolean;
}

/**
 * Decrypts the content of a file, plain or encrypted with age.
 *
 * @param file How the operator named it.
 * @param paste The command that prints what to add to a file that only sops can write.
 */
export async function openStatic(
  context: Context,
  content: Buffer,
  file: string,
  options: EditableOptions,
  paste?: string,
): Promise<Opened> {
  const given = options.encryptTo.length > 0 ? { recipients: options.encryptTo } : undefined;
  if (!looksLikeAge(content)) {
    const text = textOf(content, file);
    if (looksLikeSops(text)) throw new PhalanxError(diagnostic("edited-file-sops", { file, paste }));
    return { text, audience: given, armoured: true };
  }
  const opened = await openAge(content, file, operatorKeys(context, options));
  const { audience, others } = await audienceOf(opened);
  if (others > 0 && given === undefined)
    throw new PhalanxError(diagnostic("edited-recipients-unknown", { file, others }));
  return { text: textOf(opened.plaintext, file), audience: given ?? audience, armoured: opened.armoured };
}

/** A file whose text this program changes. */
export interface EditableFile {
  /** As the operator named it. */
  readonly shown: string;
  readonly text: string;
  /** Whether to write it even without changes: it is to be encrypted, and is not yet. */
  readonly always: boolean;
  /** Replaces the text atomically, encrypted as before. */
  readonly replace: (text: string) => Promise<void>;
}

/**
 * Opens such a file. It is replaced later, so it must be a file of the current user.
 *
 * @param paste The command that prints what to add to a file that only sops can write.
 * @param environment Whose static secrets are in it.
 */
export async function openEditable(
  context: Context,
  file: string,
  options: EditableOptions,
  { paste, environment }: { readonly paste?: string; readonly environment: string },
): Promise<EditableFile> {
  refuseStdin(file);
  const path = resolve(context.cwd, file);
  const found = await readOwn(path, file, environment);
  const opened = await openStatic(context, found.content, file, options, paste);
  const { audience, armoured, text } = opened;
  // Check recipients before the user types anything: an invalid one would otherwise be found too late.
  if (options.encryptTo.length > 0 && audience) await sealAge("", audience, false);
  if (audience === undefined && (found.mode & 0o077) !== 0)
    notify(context, diagnostic("secrets-file-exposed", { file, mode: found.mode.toString(8).padStart(4, "0") }));
  return {
    shown: file,
    text,
    always: audience !== undefined && !looksLikeAge(found.content),
    replace: async (edited) => {
      const content = audience === undefined ? edited : await sealAge(edited, audience, armoured);
      if (!found.content.equals(await readRegularFile(path).catch(() => Buffer.alloc(0))))
        throw new PhalanxError(diagnostic("editable-file-changed", { file }));
      await writeWholeFile(path, content, { shown: file, force: true, isPrivate: true, mode: found.mode });
    },
  };
}

/** Other commands read standard input for it. */
export function refuseStdin(file: string): void {
  if (file === "-") throw new PhalanxError(diagnostic("edited-stdin"));
}

/** Why such a file is not read. */
export async function unreadable(
  path: string,
  file: string,
  environment: string,
  error: unknown,
): Promise<PhalanxError> {
  const details = await readFault(error, path, file);
  const found = diagnostic("edited-file-unreadable", details, { subject: { environment } });
  return new PhalanxError(found, { cause: error });
}

interface Found {
  readonly content: Buffer;
  readonly mode: number;
}

async function readOwn(path: string, file: string, environment: string): Promise<Found> {
  try {
    const directory = await stat(dirname(path));
    // Members of the user's own group are trusted.
    if (isShared({ uid: directory.uid, mode: directory.mode & ~0o020 }))
      throw new PhalanxError(diagnostic("output-directory-shared", { directory: dirname(file) }));
    await refuseLeadingOut(path);
    let mode = 0o600;
    const content = await readRegularFile(path, async (opened) => {
      const own = await openOwn(opened);
      mode = own.status.mode & 0o777;
      return own;
    });
    return { content, mode };
  } catch (error) {
    if (error instanceof PhalanxError) throw error;
    throw await unreadable(path, file, environment, error);
  }
}
