import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import type { Environment } from "../model/environment.js";
import { type FleetAccess, ownVariables } from "../model/fleet-config.js";
import { readNamedFile } from "../files/read-bounded.js";
import { type Context, variable } from "../terminal/context.js";
import type { VaultOptions } from "../access/auth.js";

/** The credentials of one environment: what the program would find if it were about that one alone. */
export interface FleetCredentials {
  /** Variables of the environment, with the names that a single run reads. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly options: VaultOptions;
  /** File of static secrets. */
  readonly secrets: string | undefined;
  /** Whether there is anything to try. */
  readonly atHand: boolean;
  /** Whether the token is there before and after the run. */
  readonly lastingToken: boolean;
  /** The variable that gives a single run's variable its value here; for messages. */
  readonly nameOf: (variable: string) => string;
}

/** Variables that are about one server: none of them may reach another. */
const PERSONAL = [
  "VAULT_TOKEN",
  "VAULT_TOKEN_FILE",
  "VAULT_ROLE_ID",
  "VAULT_ROLE_ID_FILE",
  "VAULT_SECRET_ID",
  "VAULT_SECRET_ID_FILE",
  "VAULT_ADDR",
  "OP_CONNECT_TOKEN",
  "OP_CONNECT_HOST",
] as const;

/**
 * Finds the credentials of an environment: where the configuration of the fleet says, else in variables named after it.
 *
 * @param tokenFromSecrets Whether a file of static secrets may hold the token.
 */
export async function fleetCredentials(
  context: Context,
  { name, onepassword }: Pick<Environment, "name" | "onepassword">,
  access: FleetAccess,
  tokenFromSecrets: boolean,
): Promise<FleetCredentials> {
  const variables = ownVariables(name);
  const names: Readonly<Record<string, string>> = {
    VAULT_TOKEN: access.tokenVariable ?? variables.tokenVariable,
    VAULT_ROLE_ID: access.roleIdVariable ?? variables.roleIdVariable,
    VAULT_SECRET_ID: access.secretIdVariable ?? variables.secretIdVariable,
    OP_CONNECT_TOKEN: access.connectTokenVariable ?? variables.connectTokenVariable,
  };
  const own = Object.fromEntries(Object.entries(names).map(([plain, from]) => [plain, variable(context, from)]));
  // A file that is named counts before a variable that happens to be set under its default name.
  const files = {
    ...(access.tokenFile === undefined ? {} : { VAULT_TOKEN: undefined, VAULT_TOKEN_FILE: access.tokenFile }),
    ...(access.roleIdFile === undefined ? {} : { VAULT_ROLE_ID: undefined, VAULT_ROLE_ID_FILE: access.roleIdFile }),
    ...(access.secretIdFile === undefined
      ? {}
      : { VAULT_SECRET_ID: undefined, VAULT_SECRET_ID_FILE: access.secretIdFile }),
  };
  const cleared = Object.fromEntries(PERSONAL.map((plain) => [plain, undefined]));
  const connect = access.connectTokenFile;
  const fromFile = connect === undefined ? {} : { OP_CONNECT_TOKEN: await readConnectToken(context, connect) };
  const namespace = access.namespace === undefined ? {} : { VAULT_NAMESPACE: access.namespace };
  const env = { ...context.env, ...cleared, ...own, ...fromFile, ...files, ...namespace };
  const method = access.auth ?? "token";
  const has = (plain: string): boolean =>
    [plain, `${plain}_FILE`].some((candidate) => variable({ env }, candidate) !== undefined);
  const written =
    (access.secrets !== undefined && tokenFromSecrets) || (onepassword !== undefined && has("OP_CONNECT_TOKEN"));
  const atHand = { token: has("VAULT_TOKEN") || written, approle: has("VAULT_ROLE_ID") && has("VAULT_SECRET_ID") };
  return {
    env,
    options: {
      auth: method,
      ...(access.mount === undefined ? {} : { authMount: access.mount }),
      ...(access.role === undefined ? {} : { role: access.role }),
      ...(access.jwtFile === undefined ? {} : { jwtFile: access.jwtFile }),
    },
    secrets: access.secrets,
    atHand: method === "kubernetes" || method === "jwt" || atHand[method],
    lastingToken: method === "token",
    nameOf: (plain) => names[plain] ?? plain,
  };
}

async function readConnectToken(context: Context, file: string): Promise<string> {
  const content = await readNamedFile(resolve(context.cwd, file)).catch((error: NodeJS.ErrnoException) => {
    throw new PhalanxError(`${file} cannot be read (${error.code})`, { hint: "Check connectTokenFile." });
  });
  return content.toString("utf8");
}

/** Whether an environment's credentials are found by its name, so that another name must not look the same. */
export function isNamedAfter(context: Context, name: string, access: FleetAccess = {}): boolean {
  const own = ownVariables(name);
  const isOwn = (field: keyof typeof own, file: string | undefined): boolean =>
    file === undefined && (access[field] ?? own[field]) === own[field];
  if (
    variable(context, own.connectTokenVariable) !== undefined &&
    isOwn("connectTokenVariable", access.connectTokenFile)
  )
    return true;
  if (access.auth === "kubernetes" || access.auth === "jwt") return false;
  if (access.auth !== "approle") return isOwn("tokenVariable", access.tokenFile);
  return isOwn("roleIdVariable", access.roleIdFile) || isOwn("secretIdVariable", access.secretIdFile);
}

/** A message of a single run, with the names that the variables have here. */
export function withOwnNames(text: string, { nameOf }: FleetCredentials): string {
  return text.replaceAll(/\b(VAULT_TOKEN|VAULT_ROLE_ID|VAULT_SECRET_ID|OP_CONNECT_TOKEN)\b/g, (name) => nameOf(name));
}
