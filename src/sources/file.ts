import type { AnyDiagnostic } from "../model/diagnostic.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { nearest } from "../model/nearest.js";
import { SecretValue } from "../model/secret-value.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { collectProblems, throwProblems, type Problems } from "../problems.js";
import { isMapping } from "../yaml/kind.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { type Content, readContent, textOf } from "./content.js";
import { looksLikeAge } from "./encrypted/age-format.js";
import type { Keys } from "./encrypted/identities.js";
import { readFileOf } from "./mapping.js";
import { readWrittenFile, type WrittenFile } from "./written-file.js";

/** Static secrets from a file, and warnings about it. */
export interface StaticSecretsFile {
  /** The static secrets. Pass them on to `plan`. */
  readonly staticSecrets: StaticSecrets;
  /** What is valid but probably not intended, such as a secret that the environment does not require. */
  readonly warnings: readonly AnyDiagnostic[];
}

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

/** Checks a static secrets file that is not encrypted; throws what was found. */
export function checkFile(
  file: MappingFile | undefined,
  shown: string,
  environment: Environment,
  problems: Problems,
): StaticSecretsFile {
  if (file?.isEmpty) problems.add(diagnostic("secrets-file-empty", {}, { place: { file: shown } }));
  const written = file && !file.isEmpty ? readWrittenFile(file, problems) : undefined;
  throwProblems(problems, { of: "file", name: shown });
  if (written === undefined) throw new Error("a file without problems has content");
  warnOfSuperfluous(written, shown, environment, problems);
  return { staticSecrets: { ...toStaticSecrets(written), files: [shown] }, warnings: problems.warnings };
}

/** Whether it has a top-level `sops` mapping. */
export function isSops(file: MappingFile): boolean {
  return isMapping(file.value["sops"]);
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

/** Keys of static secrets, by application, without a value under their own name. */
type Wanted = ReadonlyMap<string, readonly string[]>;

function withoutValue(enabled: Environment["applications"], written: WrittenFile["applications"]): Wanted {
  const wanted = [...enabled].map(([application, { secrets }]) => {
    const statics = [...secrets.values()].filter(({ kind }) => kind === "static").map(({ key }) => key);
    return [
      application,
      statics.filter((key) => typeof written.get(application)?.get(key)?.value !== "string"),
    ] as const;
  });
  return new Map(wanted.filter(([, keys]) => keys.length > 0));
}

/**
 * The `APP/KEY` that an entry may be meant for: a typo in its key, or the same key in the only other application that
 * has it.
 */
function meantSecret(wanted: Wanted, application: string, key: string): string | undefined {
  const near = nearest(key, wanted.get(application) ?? []);
  if (near !== undefined) return `${application}/${near}`;
  const [other, another] = [...wanted].filter(([, keys]) => keys.includes(key));
  return other === undefined || another !== undefined ? undefined : `${other[0]}/${key}`;
}

/** A misnamed secret would otherwise be ignored silently. */
function warnOfSuperfluous(
  { applications }: WrittenFile,
  file: string,
  { name: environment, applications: enabled, disabled }: Environment,
  problems: Problems,
): void {
  const place = { file };
  const wanted = withoutValue(enabled, applications);
  for (const [application, secrets] of applications) {
    const required = enabled.get(application)?.secrets;
    if (required === undefined) {
      const subject = { environment, application };
      const meant = disabled.has(application) ? undefined : nearest(application, wanted.keys());
      problems.warn(diagnostic("secrets-file-application-unused", { meant }, { subject, place }));
      continue;
    }
    for (const [key, { value }] of secrets) {
      const [kind, subject] = [required.get(key)?.kind, { environment, application, key }];
      if (kind === undefined) {
        const meant = meantSecret(wanted, application, key);
        problems.warn(diagnostic("secrets-file-value-not-required", { meant }, { subject, place }));
      } else if (kind !== "static" && typeof value === "string")
        problems.warn(diagnostic("secrets-file-value-not-static", {}, { subject, place }));
    }
  }
}
