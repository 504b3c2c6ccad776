import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { ExitCode, PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { decodeUtf8, withoutMark } from "../../model/text-encoding.js";
import type { Environment } from "../../model/environment.js";
import { readRegularFile, refuseLeadingOut } from "../../files/read-bounded.js";
import { renderEdited } from "../../render/edit.js";
import { renderError } from "../../render/error.js";
import { textOf } from "../../sources/content.js";
import { sealAge } from "../../sources/encrypted/age.js";
import { looksLikeAge } from "../../sources/encrypted/age-format.js";
import { checkStaticSecrets } from "../../sources/file.js";
import { type Context, notify } from "../../terminal/context.js";
import { type EditableOptions, openStatic, refuseStdin, unreadable } from "../../runs/editable-file.js";
import { refuseOthersFile } from "../../target/file-of-others.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";
import { writePrivateFile } from "../../files/write-file.js";
import { isAttended, print } from "../../terminal/terminal.js";
import { type Editor, withPrivateEditor } from "../../terminal/private-editor.js";

export interface EditOptions extends ConfigOption, EditableOptions {}

/** `phalanx secrets edit ENV FILE`: opens an encrypted static secrets file in an editor, and encrypts it again. */
export async function run(context: Context, name: string, file: string, options: EditOptions): Promise<ExitCode> {
  // A script may give a program in the editor's place, but what a person's editor shows are the values.
  if (context.stdin.isTTY && !context.stdout.isTTY) throw new PhalanxError(diagnostic("edit-output-redirected"));
  const { environment } = loadFromTree(context, name, options);
  refuseStdin(file);
  refuseOthersFile(context, environment, file);
  const { path, content } = await readContent(context, file, name);
  const { text: before, audience, armoured } = await openStatic(context, content, file, options);
  if (audience === undefined) throw new PhalanxError(diagnostic("edited-file-plain", { file }));
  // Check recipients before the user types anything: an invalid one would otherwise be found too late.
  if (options.encryptTo.length > 0) await sealAge("", audience, false);
  // If it is not encrypted yet, it is written although nothing was changed, provided that the editor saved it.
  const always = !looksLikeAge(content);
  const text = await withPrivateEditor(context, "static.yaml", (edit) =>
    editUntilRight(context, environment, file, { text: before, always }, edit),
  );
  if (text === before && !always) {
    print(context.stdout, renderEdited(file, false));
    return ExitCode.ok;
  }
  const sealed = await sealAge(text, audience, armoured);
  if (!content.equals(await readRegularFile(path).catch(() => Buffer.alloc(0)))) {
    await writePrivateFile(`${path}.edited`, `${file}.edited`, sealed, false);
    throw new PhalanxError(diagnostic("edited-file-changed", { file, kept: `${file}.edited` }));
  }
  await writePrivateFile(path, file, sealed, true);
  print(context.stdout, renderEdited(file, true));
  return ExitCode.ok;
}

async function readContent(
  context: Context,
  file: string,
  environment: string,
): Promise<{ path: string; content: Buffer }> {
  try {
    await refuseLeadingOut(resolve(context.cwd, file));
    // Replace the target of a link, not the link.
    const path = await realpath(resolve(context.cwd, file));
    return { path, content: await readRegularFile(path) };
  } catch (error) {
    throw await unreadable(resolve(context.cwd, file), file, environment, error);
  }
}

/** Edits until `--secrets` would accept the file, or the operator gives up. */
async function editUntilRight(
  context: Context,
  environment: Environment,
  file: string,
  { text, always }: { readonly text: string; readonly always: boolean },
  edit: Editor,
): Promise<string> {
  let content: Buffer = Buffer.from(text);
  let isSaved = false;
  for (;;) {
    const edited = await edit(content);
    content = edited.content;
    isSaved ||= edited.saved;
    if (!isSaved && always) throw new PhalanxError(diagnostic("edit-not-saved", { file }));
    if (decodeUtf8(content) === text && !always) return text;
    try {
      const typed = textOf(content, file);
      for (const warning of checkStaticSecrets(typed, file, environment).warnings) notify(context, warning);
      return withoutMark(typed);
    } catch (error) {
      if (!(error instanceof PhalanxError)) throw error;
      if (!isAttended(context)) {
        const problems = error.problems.length > 0 ? error.problems : [error.diagnostic];
        throw new PhalanxError(diagnostic("edit-rejected", { file, count: problems.length }), { problems });
      }
      context.stderr.write(renderError(error.diagnostic, error.problems));
      const answer = await context.stdin.ask("\nEdit it again? Otherwise your changes are lost. [Y/n] ");
      if (answer === undefined || /^n/i.test(answer.trim()))
        throw new PhalanxError(diagnostic("edit-given-up", { file }));
    }
  }
}
