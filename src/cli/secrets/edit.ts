import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { ExitCode, PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { decodeUtf8, withoutMark } from "../../model/text-encoding.js";
import type { Environment } from "../../model/environment.js";
import { reasonOf } from "../../files/file-fault.js";
import { readRegularFile, refuseLeadingOut } from "../../files/read-bounded.js";
import { renderEdited } from "../../render/edit.js";
import { renderError } from "../../render/error.js";
import { textOf } from "../../sources/content.js";
import { type Audience, audienceOf, openAge, sealAge } from "../../sources/encrypted/age.js";
import { looksLikeAge } from "../../sources/encrypted/age-format.js";
import { checkStaticSecrets, looksLikeSops } from "../../sources/file.js";
import { type Context, notify } from "../../terminal/context.js";
import { type IdentityOption, operatorKeys } from "../../access/identity.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";
import { writePrivateFile } from "../../files/write-file.js";
import { isAttended } from "../../terminal/terminal.js";
import { type Editor, withPrivateEditor } from "../../terminal/private-editor.js";

export interface EditOptions extends ConfigOption, IdentityOption {
  readonly encryptTo: readonly string[];
}

/** What is edited, and how it goes back. */
interface Opened {
  readonly text: string;
  readonly audience: Audience;
  readonly armoured: boolean;
  /** Whether the file is written although nothing was changed: it is not encrypted yet. */
  readonly always: boolean;
}

/** `phalanx secrets edit ENV FILE`: an encrypted file of static secrets in an editor, and encrypted again. */
export async function run(context: Context, name: string, file: string, options: EditOptions): Promise<ExitCode> {
  const { environment } = loadFromTree(context, name, options);
  const { path, content } = await readContent(context, file);
  const opened = await open(context, content, file, options);
  // Before anything is typed: a recipient that is none would else be found when it is too late.
  if (options.encryptTo.length > 0) await sealAge("", opened.audience, false);
  const text = await withPrivateEditor(context, "static.yaml", (edit) =>
    editUntilRight(context, environment, file, opened, edit),
  );
  if (text === opened.text && !opened.always) {
    context.stdout.write(renderEdited(file, false));
    return ExitCode.ok;
  }
  const sealed = await sealAge(text, opened.audience, opened.armoured);
  if (!content.equals(await readRegularFile(path).catch(() => Buffer.alloc(0)))) {
    await writePrivateFile(`${path}.edited`, `${file}.edited`, sealed, false);
    throw new PhalanxError(diagnostic("edited-file-changed", { file, kept: `${file}.edited` }));
  }
  await writePrivateFile(path, file, sealed, true);
  context.stdout.write(renderEdited(file, true));
  return ExitCode.ok;
}

async function readContent(context: Context, file: string): Promise<{ path: string; content: Buffer }> {
  try {
    await refuseLeadingOut(resolve(context.cwd, file));
    // What a link leads to is replaced, not the link.
    const path = await realpath(resolve(context.cwd, file));
    return { path, content: await readRegularFile(path) };
  } catch (error) {
    throw new PhalanxError(diagnostic("edited-file-unreadable", { file, reason: reasonOf(error) }), { cause: error });
  }
}

async function open(context: Context, content: Buffer, file: string, options: EditOptions): Promise<Opened> {
  const given = options.encryptTo.length > 0 ? { recipients: options.encryptTo } : undefined;
  if (!looksLikeAge(content)) return openPlain(content, file, given);
  const opened = await openAge(content, file, operatorKeys(context, options));
  const { audience, others } = await audienceOf(opened);
  if (others > 0 && given === undefined)
    throw new PhalanxError(diagnostic("edited-recipients-unknown", { file, others }));
  return {
    text: textOf(opened.plaintext, file),
    audience: given ?? audience,
    armoured: opened.armoured,
    always: false,
  };
}

function openPlain(content: Buffer, file: string, audience: Audience | undefined): Opened {
  const text = textOf(content, file);
  if (looksLikeSops(text)) throw new PhalanxError(diagnostic("edited-file-sops", { file }));
  if (audience !== undefined) return { text, audience, armoured: true, always: true };
  throw new PhalanxError(diagnostic("edited-file-plain", { file }));
}

/** Edits until the file is one that `--secrets` takes, or the operator gives up. */
async function editUntilRight(
  context: Context,
  environment: Environment,
  file: string,
  { text, always }: Opened,
  edit: Editor,
): Promise<string> {
  let content: Buffer = Buffer.from(text);
  for (;;) {
    content = await edit(content);
    if (decodeUtf8(content) === text && !always) return text;
    try {
      const edited = textOf(content, file);
      for (const warning of checkStaticSecrets(edited, file, environment).warnings) notify(context, warning);
      return withoutMark(edited);
    } catch (error) {
      if (!(error instanceof PhalanxError) || !isAttended(context)) throw error;
      context.stderr.write(renderError(error.diagnostic, error.problems));
      const answer = await context.stdin.ask("\nEdit it again? Else what you changed is lost. [Y/n] ");
      if (answer === undefined || /^n/i.test(answer.trim()))
        throw new PhalanxError(diagnostic("edit-given-up", { file }));
    }
  }
}
