import { MissingItemsError } from "./missing-items.js";
import type { AnyDiagnostic } from "../../model/diagnostic.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { PULL_SECRET, type Environment } from "../../model/environment.js";
import {
  type MissingInOnepassword,
  OIDC_CLIENTS_ITEM,
  WRITE_TOKEN_FIELD,
  WRITE_TOKEN_ITEM,
} from "../../model/onepassword.js";
import { SecretValue } from "../../model/secret-value.js";
import type { OidcClient, RegistryCredentials, StaticSecrets } from "../../model/static-secrets.js";
import { collectProblems, type Problems, throwProblems } from "../../problems.js";
import type { Item } from "./answers.js";
import type { ConnectSession } from "./client.js";
import { applicationValues, fieldContent, nearLabel, storedValue } from "./fields.js";
import { neededItems, optionalItems } from "./needed.js";
import { readSections } from "./sections.js";
import { nearTitle, openVault, readItems } from "./vault.js";

/** Static secrets from 1Password, and warnings about them. */
export interface OnepasswordSecrets {
  readonly staticSecrets: StaticSecrets;
  readonly warnings: readonly AnyDiagnostic[];
}

/**
 * Reads the static secrets of an environment: one vault look-up, one list of items, one request per needed item.
 *
 * @param exclude Items to skip.
 * @throws MissingItemsError with everything known to be missing.
 * @throws PhalanxError with everything wrong with existing items.
 */
export async function readOnepassword(
  session: ConnectSession,
  environment: Environment,
  vaultTitle: string,
  exclude: ReadonlySet<string>,
): Promise<OnepasswordSecrets> {
  const problems = collectProblems();
  const needed = neededItems(environment, exclude);
  const optional = optionalItems(exclude);
  const vault = await openVault(session, vaultTitle);
  const items = await readItems(vault, [...needed.keys(), ...optional], problems);
  const missing: MissingInOnepassword[] = [];
  const applications = [...needed].map(([application, secrets]) => {
    const item = items.get(application);
    if (item) return [application, applicationValues(item, secrets, missing, problems)] as const;
    if (!vault.items.has(application)) missing.push({ application, ...nearTitle(vault, application) });
    return [application, new Map<string, SecretValue>()] as const;
  });
  for (const item of optional) {
    const { near } = nearTitle(vault, item);
    if (near !== undefined && !vault.items.has(item))
      problems.warn(diagnostic("onepassword-item-misnamed", { item, near }));
  }
  const part = (title: string): Item | undefined => (optional.includes(title) ? items.get(title) : undefined);
  const staticSecrets: StaticSecrets = {
    origin: "onepassword",
    applications: new Map(applications),
    oidcClients: readClients(part(OIDC_CLIENTS_ITEM), problems),
    registries: readRegistries(part(PULL_SECRET), problems),
    vaultWriteToken: readWriteToken(part(WRITE_TOKEN_ITEM), problems),
    itemVersions: new Map([...items].map(([title, { version }]) => [title, version])),
  };
  report(environment, vaultTitle, missing, problems);
  return { staticSecrets, warnings: problems.warnings };
}

function report(
  { name }: Environment,
  vaultTitle: string,
  missing: readonly MissingInOnepassword[],
  problems: Problems,
): void {
  const absent = missing.length > 0 ? new MissingItemsError(name, missing) : undefined;
  if (absent && problems.found.length === 0) throw absent;
  if (absent) problems.add(absent.diagnostic);
  throwProblems(problems, { of: "onepassword-vault", name: vaultTitle });
}

function readClients(item: Item | undefined, problems: Problems): ReadonlyMap<string, OidcClient> {
  if (item === undefined) return new Map();
  const sections = readSections(OIDC_CLIENTS_ITEM, item, problems);
  return new Map(
    [...sections].map(([name, { id, secret, return_uri }]) => [
      name,
      { id, secret: new SecretValue(secret), returnUri: return_uri },
    ]),
  );
}

function readRegistries(item: Item | undefined, problems: Problems): ReadonlyMap<string, RegistryCredentials> {
  if (item === undefined) return new Map();
  const sections = readSections(PULL_SECRET, item, problems);
  return new Map(
    [...sections].map(([host, { username, password }]) => [host, { username, password: new SecretValue(password) }]),
  );
}

function readWriteToken(item: Item | undefined, problems: Problems): SecretValue | undefined {
  if (item === undefined) return undefined;
  const field = { item: WRITE_TOKEN_ITEM, label: WRITE_TOKEN_FIELD };
  const content = fieldContent(WRITE_TOKEN_ITEM, item, WRITE_TOKEN_FIELD, problems);
  if (content === "absent")
    problems.warn(diagnostic("onepassword-item-not-used", { ...field, ...nearLabel(item, WRITE_TOKEN_FIELD, []) }));
  if (typeof content === "string") return undefined;
  return new SecretValue(storedValue(content.value, { ...field, encoded: false }, problems));
}
