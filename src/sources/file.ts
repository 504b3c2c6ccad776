import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import type { StaticSecretsFile } from "../model/static-secrets.js";
import { collectProblems, throwProblems } from "../problems.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { checkFile } from "./check-file.js";
import { type Content, readContent, textOf } from "./content.js";
import { looksLikeAge } from "./encrypted/age-format.js";
import type { Keys } from "./encrypted/identities.js";
import { isSops, readFileOf } from "./mapping.js";

/**
 * Reads a static secrets file: YAML, plain or encrypted with age, or a SOPS file. Encrypted content is decrypted
 * only to memory.
 *
 * @param environment Only to warn about secrets in the file that it does not require.
 * @throws PhalanxError with every problem of the file.
 */
export async function readStaticSecrets(
  path: string,
  shown: string,
  environment: Environment,
  keys: Keys,
): Promise<StaticSecretsFile> {
  return openStaticSecrets(await readContent(path, shown), shown, environment, keys);
}

/** The same for a file that has already been read. */
export async function openStaticSecrets(
  { content, openTo, foreign }: Content,
  shown: string,
  environment: Environment,
  keys: Keys,
): Promise<StaticSecretsFile> {
  if (looksLikeAge(content)) {
    const { openAge } = await import("./encrypted/age.js");
    const { plaintext } = await openAge(content, shown, keys);
    return checkStaticSecrets(textOf(plaintext, shown), shown, environment);
  }
  const text = textOf(content, shown);
  const store = sopsStoreOf(text);
  if (store !== undefined) throw new PhalanxError(diagnostic("sops-store-unsupported", { file: shown, store }));
  const problems = collectProblems();
  const file = readFileOf(text, shown, problems);
  if (file && isSops(file)) {
    throwProblems(problems, { of: "file", name: shown });
    if (isBinaryStore(file))
      throw new PhalanxError(diagnostic("sops-store-unsupported", { file: shown, store: "binary" }));
    const { openSops } = await import("./encrypted/sops.js");
    return checkFile(await openSops(file, shown, keys), shown, environment, problems);
  }
  if (foreign) problems.warn(diagnostic("secrets-file-not-own", { file: shown }));
  else if (openTo !== undefined) problems.warn(diagnostic("secrets-file-exposed", { file: shown, mode: openTo }));
  return checkFile(file, shown, environment, problems);
}

/** Checks the text of a static secrets file, as `readStaticSecrets` does. */
export function checkStaticSecrets(text: string, shown: string, environment: Environment): StaticSecretsFile {
  const problems = collectProblems();
  return checkFile(readFileOf(text, shown, problems), shown, environment, problems);
}

/** Whether a text is a SOPS file: one with a top-level `sops` mapping. */
export function looksLikeSops(text: string): boolean {
  const file = readFileOf(text, "", collectProblems());
  return file !== undefined && isSops(file);
}

/** The top-level names of a text that is a mapping; none if it is not. */
export function topLevelOf(text: string): readonly string[] {
  return Object.keys(readFileOf(text, "", collectProblems())?.value ?? {});
}

/** If the file name has no known extension, SOPS encrypts the whole file as one value. */
function isBinaryStore({ value }: MappingFile): boolean {
  const { sops: _, ...others } = value;
  return Object.keys(others).join() === "data" && typeof others["data"] === "string";
}

/** The formats of SOPS other than YAML, recognised by what SOPS adds to them. */
function sopsStoreOf(text: string): "dotenv" | "INI" | undefined {
  if (/^sops_mac=ENC\[/m.test(text)) return "dotenv";
  return /^\[sops\]$/m.test(text) ? "INI" : undefined;
}
