import { resolve } from "node:path";
import type { VaultOptions } from "../access/auth.js";
import { PhalanxError } from "../errors.js";
import { reasonOf } from "../files/file-fault.js";
import { readNamedFile } from "../files/read-bounded.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { type FleetAccess, ownVariables } from "../model/fleet-config.js";
import { textOf } from "../sources/content.js";
import { type Context, variable } from "../terminal/context.js";

/** The credentials of one environment: those the program would find in a run for it alone. */
export interface FleetCredentials {
  /** Has the environment's variables under the names that a single run reads, and none of another environment. */
  readonly context: Context;
  readonly options: VaultOptions;
  /** File of static secrets. */
  readonly secrets: string | undefined;
  /** Whether there are credentials to try. */
  readonly atHand: boolean;
  /** The environment's own variable, if the token comes from it. */
  readonly tokenVariable: string | undefined;
  /** Whether the token outlives the run. */
  readonly lastingToken: boolean;
}

/** A credential: the variable of a single run, and the settings that name another variable or a file for it. */
const CREDENTIALS = [
  { plain: "VAULT_TOKEN", variable: "tokenVariable", file: "tokenFile" },
  { plain: "VAULT_ROLE_ID", variable: "roleIdVariable", file: "roleIdFile" },
  { plain: "VAULT_SECRET_ID", variable: "secretIdVariable", file: "secretIdFile" },
  { plain: "OP_CONNECT_TOKEN", variable: "connectTokenVariable", file: "connectTokenFile" },
] as const;
type Credential = (typeof CREDENTIALS)[number];
const [TOKEN, ROLE_ID, SECRET_ID, CONNECT_TOKEN] = CREDENTIALS;

/** Variables that belong to one server: none may reach another. */
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
 * Finds the credentials of an environment: where the fleet's configuration says, else in variables named after it.
 *
 * @param tokenFromSecrets Whether a static secrets file may hold the token.
 */
export async function fleetCredentials(
  context: Context,
  { name, onepassword }: Pick<Environment, "name" | "onepassword">,
  access: FleetAccess,
  tokenFromSecrets: boolean,
): Promise<FleetCredentials> {
  const { auth = "token", mount, role, jwtFile, secrets } = access;
  const env = await environmentFor(context, name, access);
  const has = ({ plain }: Credential): boolean =>
    [plain, `${plain}_FILE`].some((each) => variable({ env }, each) !== undefined);
  const fromSource = (secrets !== undefined && tokenFromSecrets) || (onepassword !== undefined && has(CONNECT_TOKEN));
  return {
    context: { ...context, env, variableName: (plain) => ownNames(name, access).get(plain) ?? plain },
    options: {
      auth,
      ...(mount !== undefined && { authMount: mount }),
      ...(role !== undefined && { role }),
      ...(jwtFile !== undefined && { jwtFile }),
    },
    // A file with that name, not standard input.
    secrets: secrets === "-" ? "./-" : secrets,
    atHand: auth === "token" ? has(TOKEN) || fromSource : auth === "approle" ? has(ROLE_ID) && has(SECRET_ID) : true,
    tokenVariable: auth === "token" && env[TOKEN.plain] ? ownNames(name, access).get(TOKEN.plain) : undefined,
    lastingToken: auth === "token",
  };
}

/** The variables of a single run. A file named explicitly takes precedence over a variable that happens to be set. */
async function environmentFor(context: Context, name: string, access: FleetAccess): Promise<Context["env"]> {
  const env = { ...context.env };
  for (const plain of PERSONAL) env[plain] = undefined;
  for (const [plain, own] of ownNames(name, access)) env[plain] = variable(context, own);
  for (const { plain, file: setting } of [TOKEN, ROLE_ID, SECRET_ID]) {
    const file = access[setting];
    if (file === undefined) continue;
    env[plain] = undefined;
    env[`${plain}_FILE`] = file;
  }
  const { connectTokenFile: connect } = access;
  if (connect !== undefined) env[CONNECT_TOKEN.plain] = await readConnectToken(context, connect);
  if (access.namespace !== undefined) env["VAULT_NAMESPACE"] = access.namespace;
  return env;
}

/** Maps the variable of a single run to the one that holds it for this environment. */
function ownNames(name: string, access: FleetAccess): ReadonlyMap<string, string> {
  const own = ownVariables(name);
  return new Map(CREDENTIALS.map(({ plain, variable: setting }) => [plain, access[setting] ?? own[setting]]));
}

async function readConnectToken(context: Context, file: string): Promise<string> {
  const content = await readNamedFile(resolve(context.cwd, file)).catch((cause: unknown) => {
    throw new PhalanxError(diagnostic("connect-token-file-unreadable", { file, reason: reasonOf(cause) }), { cause });
  });
  return textOf(content, file);
}

/**
 * Whether an environment's credentials are found by its name, so that another environment's name must not map to the
 * same variables.
 */
export function isNamedAfter(context: Context, name: string, access: FleetAccess = {}): boolean {
  const own = ownVariables(name);
  const isOwn = ({ variable: setting, file }: Credential): boolean =>
    access[file] === undefined && (access[setting] ?? own[setting]) === own[setting];
  if (variable(context, own.connectTokenVariable) !== undefined && isOwn(CONNECT_TOKEN)) return true;
  switch (access.auth) {
    case "kubernetes":
    case "jwt":
      return false;
    case "approle":
      return isOwn(ROLE_ID) || isOwn(SECRET_ID);
    case "token":
    case undefined:
      return isOwn(TOKEN);
  }
}
