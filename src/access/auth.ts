import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import type { VaultLocation } from "../model/environment.js";
import { isPath, isToken } from "../model/names.js";
import { PATH_HINT, quotedName } from "../render/names.js";
import { didYouMean } from "../model/nearest.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { readNamedFile } from "../files/read-bounded.js";
import { login } from "../vault/login.js";
import type { VaultSession } from "../vault/protocol.js";
import { type Context, variable } from "../terminal/context.js";
import { githubToken } from "./github-token.js";
import { held } from "./held.js";
import { sameServer } from "./shell-server.js";
import { warnIfStrange } from "../terminal/strange-file.js";
import type { VaultOptions } from "./vault-options.js";

/** A token, and whether it is ours to revoke at the end. */
export interface Credential {
  readonly token: string;
  readonly revoke: boolean;
}

const METHODS = ["token", "approle", "kubernetes", "jwt"] as const;
type Method = (typeof METHODS)[number];

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * Finds or gets the token of this run: by `--auth`; else `VAULT_TOKEN`, `VAULT_TOKEN_FILE`, the static secrets'
 * `vault-write-token`; and `~/.vault-token` only where `VAULT_ADDR` says that it is of this server.
 *
 * @param anonymous A session without a token, to log in with.
 */
export async function authenticate(
  context: Context,
  vault: VaultLocation,
  staticSecrets: StaticSecrets | undefined,
  options: VaultOptions,
  anonymous: VaultSession,
): Promise<Credential> {
  const method = methodOf(options.auth);
  if (method === undefined || method === "token")
    return { token: await existingToken(context, vault, staticSecrets), revoke: false };
  // Vault itself writes a slash at the end.
  const mount = (options.authMount ?? method).replace(/^\//, "").replace(/\/$/, "");
  if (!isPath(mount)) {
    throw new PhalanxError(`--auth-mount ${quotedName(mount)} cannot be the path of a mount`, { hint: PATH_HINT });
  }
  const body = await loginBody(context, method, vault, options);
  return { token: (await login(anonymous, mount, method, body)).reveal(), revoke: true };
}

function methodOf(name: string | undefined): Method | undefined {
  if (name === undefined) return undefined;
  const method = METHODS.find((known) => known === name);
  if (method) return method;
  throw new PhalanxError(`--auth ${name}: there is no such method`, {
    hint: didYouMean(name, METHODS) ?? `Methods: ${METHODS.join(", ")}.`,
  });
}

/** The token that the variables give, which comes before all others. */
export async function givenToken(context: Context): Promise<string | undefined> {
  const own = variable(context, "VAULT_TOKEN")?.trim();
  if (own) return checked(own, "VAULT_TOKEN");
  const file = variable(context, "VAULT_TOKEN_FILE");
  return file ? checked(await readCredential(context, file, "VAULT_TOKEN_FILE"), "VAULT_TOKEN_FILE") : undefined;
}

/** Whether the token comes from the environment's own static secrets, and not from this shell. */
export async function isTokenOfEnvironment(
  context: Context,
  staticSecrets: StaticSecrets | undefined,
  { auth }: VaultOptions,
): Promise<boolean> {
  if (auth !== undefined && auth !== "token") return false;
  return !!staticSecrets?.vaultWriteToken?.reveal().trim() && (await givenToken(context)) === undefined;
}

async function existingToken(
  context: Context,
  vault: VaultLocation,
  staticSecrets: StaticSecrets | undefined,
): Promise<string> {
  const given = await givenToken(context);
  if (given !== undefined) return given;
  const written = staticSecrets?.vaultWriteToken?.reveal().trim();
  if (written) return checked(written, "vault-write-token of the static secrets");
  const kept = await helperToken(context, vault);
  if (kept) return checked(kept, "~/.vault-token");
  throw new PhalanxError("No Vault credentials in static secrets and VAULT_TOKEN not set", {
    hint: "Set VAULT_TOKEN to the environment's write token, or log in with --auth.",
  });
}

/** What `vault login` leaves behind belongs to the server in VAULT_ADDR, and to no other. */
async function helperToken(context: Context, vault: VaultLocation): Promise<string | undefined> {
  const address = variable(context, "VAULT_ADDR");
  if (address === undefined || !sameServer(address, vault.url)) return undefined;
  const path = join(variable(context, "HOME") ?? homedir(), ".vault-token");
  const token = (await readNamedFile(path, warnIfStrange(context, "~/.vault-token")).catch(() => ""))
    .toString("utf8")
    .trim();
  return token === "" ? undefined : held(token);
}

function checked(token: string, origin: string): string {
  if (isToken(token)) return token;
  throw new PhalanxError(`${origin} holds characters that no token has`, {
    hint: `Check ${origin} for stray characters.`,
  });
}

async function loginBody(
  context: Context,
  method: Exclude<Method, "token">,
  vault: VaultLocation,
  options: VaultOptions,
): Promise<Record<string, string>> {
  if (method === "approle") {
    const [role_id, secret_id] = [
      await variableOrFile(context, "VAULT_ROLE_ID"),
      await variableOrFile(context, "VAULT_SECRET_ID"),
    ];
    return { role_id, secret_id };
  }
  if (options.role === undefined)
    throw new PhalanxError(`--auth ${method} needs a role`, { hint: "Give it with --role ROLE." });
  const file = options.jwtFile ?? (method === "kubernetes" ? SERVICE_ACCOUNT : undefined);
  const jwt =
    file === undefined ? await githubToken(context, vault.url) : await readCredential(context, file, "--jwt-file");
  return { role: options.role, jwt };
}

async function variableOrFile(context: Context, name: string): Promise<string> {
  const value = variable(context, name);
  if (value) return value.trim();
  const file = variable(context, `${name}_FILE`);
  if (file) return readCredential(context, file, `${name}_FILE`);
  throw new PhalanxError(`--auth approle needs ${name}`, {
    hint: `Set ${name}, or ${name}_FILE to a file that holds it.`,
  });
}

async function readCredential(context: Context, path: string, origin: string): Promise<string> {
  const content = await readNamedFile(resolve(context.cwd, path), warnIfStrange(context, path)).catch(
    (error: unknown) => {
      throw new PhalanxError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`, {
        hint: `Check ${origin}.`,
        cause: error,
      });
    },
  );
  return held(content.toString("utf8").trim());
}
