import { readFile } from "node:fs/promises";
import { PhalanxError } from "../errors.js";
import type { Environment } from "../model/environment.js";
import { SecretValue } from "../model/secret-value.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { collectProblems, throwProblems, type Problems } from "../problems.js";
import { decodeUtf8 } from "../yaml/decode.js";
import { readMapping } from "../yaml/mapping-file.js";
import { readWrittenFile, type WrittenFile } from "./written-file.js";

/** Static secrets from a file, and what should be said about it although it works. */
export interface StaticSecretsFile {
  readonly staticSecrets: StaticSecrets;
  readonly warnings: readonly string[];
}

/**
 * Reads a plain YAML file of static secrets.
 *
 * @param environment Only to warn of secrets in the file that it does not require.
 * @throws PhalanxError with every problem of the file.
 */
export async function readStaticSecrets(
  path: string,
  shown: string,
  environment: Environment,
): Promise<StaticSecretsFile> {
  const text = await readText(path, shown);
  const problems = collectProblems();
  const written = parse(text, shown, problems);
  throwProblems(problems, shown);
  if (written === undefined) throw new Error("a file without problems has content");
  warnOfSuperfluous(written, shown, environment, problems);
  return { staticSecrets: toStaticSecrets(written), warnings: problems.warnings };
}

async function readText(path: string, shown: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new PhalanxError(code === "ENOENT" ? `${shown} does not exist` : `${shown} cannot be read (${code})`, {
      hint: "Give the file of static secrets with --secrets FILE; phalanx secrets static-template ENV writes an empty one.",
      cause: error,
    });
  });
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new PhalanxError(`${shown}: is not UTF-8`, { hint: "Save it in UTF-8." });
  return text;
}

function parse(text: string, shown: string, problems: Problems): WrittenFile | undefined {
  const file = readMapping(text, shown, problems, { warnOfOddKeys: true });
  if (file === undefined) return undefined;
  if (file.isEmpty) {
    problems.add(`${shown}: is empty`, "Write {} if the environment has no static secrets.");
    return undefined;
  }
  return readWrittenFile(file, problems);
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
