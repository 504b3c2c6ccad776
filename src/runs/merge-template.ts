import { ExitCode, PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Environment, requiredSecrets } from "../model/environment.js";
import { refId, type StaticSecret } from "../model/secret.js";
import { renderEdited, renderMerged } from "../render/edit.js";
import { ENTRY_SPELLING, templateEntry } from "../render/static-template.js";
import { checkStaticSecrets } from "../sources/file.js";
import { type Context, notify } from "../terminal/context.js";
import type { EditableFile } from "./editable-file.js";
import { isMapping, type YamlValue } from "../yaml/kind.js";
import { parseYaml } from "../yaml/parse.js";
import { putIn } from "../yaml/put.js";

/** Adds an entry for every static secret that a file lacks. Never touches existing entries, with or without a value. */
export async function mergeTemplate(context: Context, environment: Environment, file: EditableFile): Promise<ExitCode> {
  const { shown } = file;
  const { value } = parseYaml(file.text, () => shown);
  // Check before writing: an invalid file is not extended.
  if (value !== null) checkStaticSecrets(file.text, shown, environment);
  const missing = requiredSecrets(environment).flatMap((secret) =>
    secret.kind === "static" && !has(value, ["applications", secret.application, secret.key]) ? [secret] : [],
  );
  const text = missing.reduce((written, secret) => withEntry(written, secret, environment, shown), file.text);
  // Also warns about each entry that is no longer declared.
  if (text.trim() !== "") {
    for (const warning of checkStaticSecrets(text, shown, environment).warnings) notify(context, warning);
  }
  if (missing.length > 0 || file.always) await file.replace(text);
  context.stdout.write(missing.length > 0 ? renderMerged(missing.map(refId), shown) : renderEdited(shown, file.always));
  return ExitCode.ok;
}

function has(value: YamlValue, path: readonly string[]): boolean {
  let here: YamlValue | undefined = value;
  for (const step of path) {
    if (!isMapping(here) || !Object.hasOwn(here, step)) return false;
    here = here[step];
  }
  return true;
}

function withEntry(text: string, secret: StaticSecret, { name: environment }: Environment, file: string): string {
  const { application, key } = secret;
  const path = ["applications", application, key];
  const written = putIn(text, { path, value: templateEntry(secret) }, ENTRY_SPELLING);
  if (written !== undefined) return written;
  throw new PhalanxError(diagnostic("entry-unwritable", { file }, { subject: { environment, application, key } }));
}
