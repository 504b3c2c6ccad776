import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { Environment } from "../model/environment.js";
import { SecretValue } from "../model/secret-value.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { collectProblems, throwProblems, type Problems } from "../problems.js";
import { isMapping } from "../yaml/kind.js";
import { type MappingFile, readMapping } from "../yaml/mapping-file.js";
import { readContent, textOf } from "./content.js";
import { looksLikeAge } from "./encrypted/age-format.js";
import type { Keys } from "./encrypted/keys.js";
import { readWrittenFile, type WrittenFile } from "./written-file.js";

/** Static secrets from a file, and what should be said about it although it works. */
export interface StaticSecretsFile {
  readonly staticSecrets: StaticSecrets;
  readonly warnings: readonly AnyDiagnostic[];
}

/**
 * Reads a file of static secrets: YAML, plain or encrypted with age, or a SOPS file. What is encrypted is decrypted to
 * memory only.
 *
 * @param environment Only to warn of secrets in the file that it does not require.
 * @throws PhalanxError with every problem of the file.
 */
export async function readStaticSecrets(
  path: string,
  shown: string,
  environment: Environment,
  keys: Keys,
): Promise<StaticSecretsFile> {
  const { content, openTo, strange } = await readContent(path, shown);
  if (looksLikeAge(content)) {
    const { openAge } = await import("./encrypted/age.js");
    const { plaintext } = await openAge(content, shown, keys);
    return checkStaticSecrets(textOf(plaintext, shown), shown, environment);
  }
  const text = textOf(content, shown);
  const problems = collectProblems();
  const file = readFileOf(text, shown, problems);
  if (file && isSops(file)) {
    throwProblems(problems, { of: "file", name: shown });
    const { openSops } = await import("./encrypted/sops.js");
    return checkFile(await openSops(file, shown, keys), shown, environment, problems);
  }
  if (strange) {
    problems.warn(`${shown} is not encrypted, and belongs to another user, who can read and change it`);
  } else if (openTo !== undefined) {
    problems.warn(`${shown} is not encrypted, and others may open it (mode ${openTo}): chmod 600 ${shown}`);
  }
  return checkFile(file, shown, environment, problems);
}

/** Checks the text of a file of static secrets, as `readStaticSecrets` does. */
export function checkStaticSecrets(text: string, shown: string, environment: Environment): StaticSecretsFile {
  const problems = collectProblems();
  return checkFile(readFileOf(text, shown, problems), shown, environment, problems);
}

/** Whether a text is a SOPS file: one with a `sops` mapping at its top level. */
export function looksLikeSops(text: string): boolean {
  const file = readFileOf(text, "", collectProblems());
  return file !== undefined && isSops(file);
}

function checkFile(
  file: MappingFile | undefined,
  shown: string,
  environment: Environment,
  problems: Problems,
): StaticSecretsFile {
  if (file?.isEmpty) problems.add(`${shown}: is empty`, "Write {} if the environment has no static secrets.");
  const written = file && !file.isEmpty ? readWrittenFile(file, problems) : undefined;
  throwProblems(problems, { of: "file", name: shown });
  if (written === undefined) throw new Error("a file without problems has content");
  warnOfSuperfluous(written, shown, environment, problems);
  return { staticSecrets: toStaticSecrets(written), warnings: problems.warnings };
}

function readFileOf(text: string, shown: string, problems: Problems): MappingFile | undefined {
  return readMapping(spacesForTabs(text), () => shown, problems, { warnOfOddKeys: true });
}

function isSops(file: MappingFile): boolean {
  return isMapping(file.value["sops"]);
}

/** sops indents JSON with tabs, which YAML forbids. JSON has them nowhere else: in strings they are written `\t`. */
function spacesForTabs(text: string): string {
  return /^\s*\{/.test(text) && text.includes('"sops"') ? text.replaceAll("\t", " ") : text;
}

function toStaticSecrets({ applications, oidcClients, registries, vaultWriteToken }: WrittenFile): StaticSecrets {
  const known = [...applications].map(
    ([application, secrets]) =>
      [
        application,
        new Map(
          [...secrets].flatMap(([key, { value }]): [string, SecretValue][] =>
            typeof value === "string" ? [[key, new SecretValue(value)]] : [],
          ),
        ),
      ] as const,
  );
  return {
    origin: "file",
    applications: new Map(known),
    oidcClients,
    registries,
    vaultWriteToken: vaultWriteToken === undefined ? undefined : new SecretValue(vaultWriteToken),
  };
}

/** A secret under a wrong name would otherwise be ignored in silence. */
function warnOfSuperfluous(
  { applications }: WrittenFile,
  shown: string,
  environment: Environment,
  problems: Problems,
): void {
  for (const [name, secrets] of applications) {
    const application = environment.applications.get(name);
    if (application === undefined) {
      problems.warn(
        `${shown}: ${environment.name} has no enabled application ${name}; its secrets in the file are not used`,
      );
      continue;
    }
    for (const [key, { value }] of secrets) {
      const secret = application.secrets.get(key);
      if (secret === undefined)
        problems.warn(`${shown}: ${name}/${key} is not required in ${environment.name}; it is not used`);
      else if (secret.kind !== "static" && typeof value === "string") {
        problems.warn(
          `${shown}: ${name}/${key} is no static secret in ${environment.name}; its value in the file is not used`,
        );
      }
    }
  }
}
