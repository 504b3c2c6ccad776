import { readFile } from "node:fs/promises";
import { PhalanxError } from "../errors.js";
import type { Environment } from "../model/environment.js";
import { SecretValue } from "../model/secret-value.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { WrittenStaticSecrets } from "../model/written-static-secrets.js";
import { collectProblems, throwProblems, type Problems } from "../problems.js";
import { readMapping } from "../yaml/mapping-file.js";
import { reportIssues } from "../yaml/schema-problems.js";

/** Spellings that the original takes too, by the one that is documented. */
const OLD_SPELLINGS: Readonly<Record<string, string>> = {
  oidc_clients: "oidc-clients",
  pull_secret: "pull-secret",
  vault_write_token: "vault-write-token",
};

const TOP_LEVEL = ["applications", "oidc-clients", "pull-secret", "vault-write-token"];

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
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new PhalanxError(code === "ENOENT" ? `${shown} does not exist` : `${shown} cannot be read (${code})`, {
      hint: "Give the file of static secrets with --secrets FILE; phalanx secrets static-template ENV writes an empty one.",
      cause: error,
    });
  }
}

function parse(text: string, shown: string, problems: Problems): WrittenStaticSecrets | undefined {
  const file = readMapping(text, shown, problems);
  if (file === undefined) return undefined;
  if (file.isEmpty) {
    problems.add(`${shown}: is empty`, "Write {} if the environment has no static secrets.");
    return undefined;
  }
  const value = { ...file.value };
  for (const [old, current] of Object.entries(OLD_SPELLINGS)) {
    const entry = value[old];
    if (entry === undefined || Object.hasOwn(value, current)) continue;
    problems.warn(`${file.position([old])}: "${old}" is an old spelling; write "${current}"`);
    value[current] = entry;
    delete value[old];
  }
  const result = WrittenStaticSecrets.safeParse(value);
  if (result.success) return result.data;
  reportIssues(
    result.error.issues,
    { value, prefix: (path, what) => prefix(file.position(path, what), path), fields: fieldsAt },
    problems,
  );
  return undefined;
}

function prefix(position: string, path: readonly (string | number)[]): string {
  return path[0] === "applications" && path.length > 2 ? `${position}: ${path[1]}/${path[2]}` : position;
}

function fieldsAt(path: readonly (string | number)[]): readonly string[] {
  if (path.length === 0) return TOP_LEVEL;
  if (path[0] === "applications") return ["description", "warning", "value"];
  if (path[0] === "oidc-clients") return ["id", "secret", "return_uri"];
  return path.length === 1 ? ["description", "registries"] : ["username", "password"];
}

function toStaticSecrets(written: WrittenStaticSecrets): StaticSecrets {
  const applications = Object.entries(written.applications ?? {}).map(([application, secrets]) => {
    const known = Object.entries(secrets).flatMap(([key, { value }]): [string, SecretValue][] =>
      typeof value === "string" ? [[key, new SecretValue(value)]] : [],
    );
    return [application, new Map(known)] as const;
  });
  const clients = Object.entries(written["oidc-clients"] ?? {}).map(
    ([name, { id, secret, return_uri: returnUri }]) =>
      [name, { id, secret: new SecretValue(secret), returnUri }] as const,
  );
  const registries = Object.entries(written["pull-secret"]?.registries ?? {}).map(
    ([host, { username, password }]) => [host, { username, password: new SecretValue(password) }] as const,
  );
  const token = written["vault-write-token"];
  return {
    origin: "file",
    applications: new Map(applications),
    oidcClients: new Map(clients),
    registries: new Map(registries),
    vaultWriteToken: token ? new SecretValue(token) : undefined,
  };
}

/** A secret under a wrong name would otherwise be ignored in silence. */
function warnOfSuperfluous(
  written: WrittenStaticSecrets,
  shown: string,
  environment: Environment,
  problems: Problems,
): void {
  for (const [name, secrets] of Object.entries(written.applications ?? {})) {
    const application = environment.applications.get(name);
    if (application === undefined) {
      problems.warn(
        `${shown}: ${environment.name} has no enabled application ${name}; its secrets in the file are not used`,
      );
      continue;
    }
    for (const key of Object.keys(secrets)) {
      const secret = application.secrets.get(key);
      if (secret === undefined)
        problems.warn(`${shown}: ${name}/${key} is not required in ${environment.name}; it is not used`);
      else if (secret.kind !== "static" && typeof secrets[key]?.value === "string") {
        problems.warn(
          `${shown}: ${name}/${key} is no static secret in ${environment.name}; its value in the file is not used`,
        );
      }
    }
  }
}
