import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { nearest } from "../model/nearest.js";
import { SecretValue } from "../model/secret-value.js";
import type { StaticSecrets, StaticSecretsFile } from "../model/static-secrets.js";
import { type Problems, throwProblems } from "../problems.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { readWrittenFile, type WrittenFile } from "./written-file.js";

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
