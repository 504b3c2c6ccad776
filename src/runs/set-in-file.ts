import { ExitCode, PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { refId, type SecretRef } from "../model/secret.js";
import { sameStoredValue, type SecretValue } from "../model/secret-value.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { renderEdited, renderNotSynced, renderSet } from "../render/edit.js";
import { VALUE_SPELLING } from "../render/static-secrets.js";
import { checkStaticSecrets } from "../sources/file.js";
import { type Context, notify } from "../terminal/context.js";
import { confirm, personAt } from "../terminal/terminal.js";
import { parseYaml } from "../yaml/parse.js";
import { putIn } from "../yaml/put.js";
import type { EditableFile } from "./editable-file.js";

type Values = StaticSecrets["applications"];

/**
 * Writes values into a static secrets file, and keeps everything else in it.
 *
 * @param ask Asks for the values; called only if the file can take them.
 * @param sync The command that puts them into Vault.
 */
export async function setInFile(
  context: Context,
  environment: Environment,
  file: EditableFile,
  ask: () => Promise<Pick<StaticSecrets, "applications">>,
  { yes, sync }: { readonly yes: boolean; readonly sync: string },
): Promise<ExitCode> {
  const { shown } = file;
  const before = valuesOf(file, environment);
  const changes = [...(await ask()).applications]
    .flatMap(([application, keys]) => [...keys].map(([key, value]) => ({ application, key, value })))
    .filter(({ application, key, value }) => !sameStoredValue(value, before.get(application)?.get(key)));
  const replaced = changes.filter(({ application, key }) => before.get(application)?.get(key)?.isEmpty === false);
  if (replaced.length > 0 && !yes) {
    const person = personAt(context);
    if (person !== "reachable") {
      const unseen = person === "unreachable";
      const details = { changed: replaced.length, unseen, command: context.typed, file: shown };
      throw new PhalanxError(diagnostic("consent-missing", details, { subject: { environment: environment.name } }));
    }
    await confirm(context, `Replace the value of ${replaced.map(refId).join(", ")} in ${shown}?`);
  }
  const text = changes.reduce((written, change) => withValue(written, change, environment, shown), file.text);
  for (const warning of checkStaticSecrets(text, shown, environment).warnings) notify(context, warning);
  if (changes.length > 0 || file.always) await file.replace(text);
  context.stdout.write(changes.length > 0 ? renderSet(changes.map(refId), shown) : renderEdited(shown, file.always));
  if (changes.length > 0) context.stderr.write(renderNotSynced(sync));
  return ExitCode.ok;
}

/** What a file holds; nothing if it is empty. */
function valuesOf({ text, shown }: EditableFile, environment: Environment): Values {
  if (parseYaml(text, () => shown).value === null) return new Map();
  return checkStaticSecrets(text, shown, environment).staticSecrets.applications;
}

function withValue(
  text: string,
  { application, key, value }: SecretRef & { readonly value: SecretValue },
  { name: environment }: Environment,
  file: string,
): string {
  const entry = { path: ["applications", application, key, "value"], value: value.reveal() };
  const written = putIn(text, entry, VALUE_SPELLING);
  if (written !== undefined) return written;
  throw new PhalanxError(diagnostic("entry-unwritable", { file }, { subject: { environment, application, key } }));
}
