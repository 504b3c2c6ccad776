import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type IdentityOption, operatorKeys } from "../access/identity.js";
import { PhalanxError } from "../errors.js";
import { reasonOf } from "../files/file-fault.js";
import { meantFile } from "../files/meant-file.js";
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
  /** Recipients, in the place of those that the identities tell. */
  readonly encryptTo: readonly string[];
}

/** A file of static secrets, decrypted, and how it goes back. */
export interface Opened {
  readonly text: string;
  /** Undefined for a file that is not encrypted, and stays so. */
  readonly audience: Audience | undefined;
  readonly armoured: boolean;
}

/**
 * Decrypts what a file holds, plain or encrypted with age.
 *
 * @param file How the operator named it.
 * @param paste The command that prints what could be added to a file that only sops can write.
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

/** A file whose text is changed by this program. */
export interface EditableFile {
  /** As the operator named it. */
  readonly shown: string;
  readonly text: string;
  /** Whether it is written although nothing in it changes: it is to be encrypted, and is not yet. */
  readonly always: boolean;
  /** Puts another text in its place, in one go, encrypted as it was. */
  readonly replace: (text: string) => Promise<void>;
}

/**
 * Opens such a file. In its place stands what is written later, so that nothing but a file of one's own will do.
 *
 * @param paste The command that prints what could be added to a file that only sops can write.
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
  // Before anything is typed: a recipient that is none would else be found when it is too late.
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

/** Elsewhere that is standard input. */
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
  const reason = reasonOf(error);
  const meant = reason === "ENOENT" ? await meantFile(path, file) : undefined;
  const found = diagnostic("edited-file-unreadable", { file, reason, meant }, { subject: { environment } });
  return new PhalanxError(found, { cause: error });
}

interface Found {
  readonly content: Buffer;
  readonly mode: number;
}

async function readOwn(path: string, file: string, environment: string): Promise<Found> {
  try {
    const directory = await stat(dirname(path));
    // Those of one's own group are whom one works with.
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
