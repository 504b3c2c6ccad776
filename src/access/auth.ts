import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { PhalanxError } from "../errors.js";
import { reasonOf } from "../files/file-fault.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { VaultLocation } from "../model/environment.js";
import { isPath, isToken } from "../model/names.js";
import { WRITE_TOKEN_ITEM } from "../model/onepassword.js";
import { SecretValue } from "../model/secret-value.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { textOf } from "../sources/content.js";
import { login } from "../vault/login.js";
import type { VaultSession } from "../vault/protocol.js";
import { type Context, variable, variableName } from "../terminal/context.js";
import { githubToken } from "./github-token.js";
import { sameServer } from "./shell-server.js";
import { readCredentialFile } from "./credential-file.js";

/** The options shared by every command that talks to Vault: where it is and how to log in. */
export interface VaultOptions {
  readonly auth?: string;
  readonly authMount?: string;
  readonly role?: string;
  readonly jwtFile?: string;
  readonly vaultAddress?: string;
  readonly requireTls?: boolean;
}

/** A token, and whether we revoke it at the end. */
export interface Credential {
  readonly token: string;
  readonly revoke: boolean;
  /** Where it is from, if not from the variable. */
  readonly from: VaultSession["tokenFrom"];
}

const METHODS = ["token", "approle", "kubernetes", "jwt"] as const;
const LOGINS = METHODS.filter((name) => name !== "token");
type Method = (typeof METHODS)[number];

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * Finds or obtains the token for this run: from `--auth`; else from `VAULT_TOKEN`, `VAULT_TOKEN_FILE` or the static
 * secrets' `vault-write-token`; from `~/.vault-token` only if `VAULT_ADDR` names this server.
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
  if (method === undefined || method === "token") {
    // phalanx.yaml may set the login method, so it is known only now.
    if (options.authMount !== undefined)
      throw new PhalanxError(
        diagnostic("option-companion-missing", {
          option: "--auth-mount",
          companions: LOGINS.map((name) => `--auth ${name}`),
        }),
      );
    return { ...(await existingToken(context, vault, staticSecrets)), revoke: false };
  }
  // Vault itself writes a trailing slash.
  const mount = (options.authMount ?? method).replace(/^\//, "").replace(/\/$/, "");
  if (!isPath(mount)) throw new PhalanxError(diagnostic("auth-mount-invalid", { mount }));
  const body = await loginBody(context, method, vault, options);
  const token = (await login(anonymous, mount, method, body)).reveal();
  return { token, revoke: true, from: { kind: "login", name: method } };
}

function methodOf(name: string | undefined): Method | undefined {
  if (name === undefined) return undefined;
  const method = METHODS.find((known) => known === name);
  if (method) return method;
  throw new PhalanxError(diagnostic("auth-method-unknown", { method: name, known: METHODS }));
}

/** The token from the variables, which takes precedence over all others. */
export async function givenToken(context: Context): Promise<Omit<Credential, "revoke"> | undefined> {
  const own = variable(context, "VAULT_TOKEN")?.trim();
  if (own) return { token: checkToken(own, variableName(context, "VAULT_TOKEN")), from: undefined };
  const file = variable(context, "VAULT_TOKEN_FILE");
  return file ? tokenFrom(await readCredential(context, file, "VAULT_TOKEN_FILE"), "VAULT_TOKEN_FILE") : undefined;
}

function tokenFrom(token: string, origin: string, name = origin): Omit<Credential, "revoke"> {
  return { token: checkToken(token, origin), from: { kind: "place", name } };
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
): Promise<Omit<Credential, "revoke">> {
  const given = await givenToken(context);
  if (given !== undefined) return given;
  const written = staticSecrets?.vaultWriteToken?.reveal().trim();
  if (written) return tokenFrom(written, WRITE_TOKEN_ITEM, `${WRITE_TOKEN_ITEM} in the static secrets`);
  const kept = await helperToken(context, vault);
  if (kept) return tokenFrom(kept, "~/.vault-token");
  const name = variableName(context, "VAULT_TOKEN");
  // In a fleet audit, where each environment has a variable of its own, that file is never used.
  const unused = name === "VAULT_TOKEN" && variable(context, "VAULT_ADDR") === undefined && (await hasHelper(context));
  throw new PhalanxError(
    diagnostic("vault-token-missing", { variable: name, ...(unused && { unusedFor: vault.url }) }),
  );
}

function helperFile(context: Context): string {
  return join(variable(context, "HOME") ?? homedir(), ".vault-token");
}

function hasHelper(context: Context): Promise<boolean> {
  return stat(helperFile(context)).then(
    (found) => found.isFile() && found.size > 0,
    () => false,
  );
}

/** The token that `vault login` leaves behind belongs only to the server in VAULT_ADDR. */
async function helperToken(context: Context, vault: VaultLocation): Promise<string | undefined> {
  const address = variable(context, "VAULT_ADDR");
  if (address === undefined || !sameServer(address, vault.url)) return undefined;
  const content = await readCredentialFile(context, helperFile(context), "~/.vault-token").catch(() => Buffer.alloc(0));
  const token = textOf(content, "~/.vault-token").trim();
  return token === "" ? undefined : registered(token);
}

/** Refuses a token that cannot be sent. `origin` is the variable or file it comes from. */
export function checkToken(token: string, origin: string): string {
  if (isToken(token)) return token;
  throw new PhalanxError(diagnostic("token-malformed", { origin }));
}

async function loginBody(
  context: Context,
  method: Exclude<Method, "token">,
  vault: VaultLocation,
  options: VaultOptions,
): Promise<Record<string, string>> {
  if (method === "approle") {
    const [role_id, secret_id] = [
      await variableOrFile(context, "VAULT_ROLE_ID", "VAULT_ROLE_ID_FILE"),
      await variableOrFile(context, "VAULT_SECRET_ID", "VAULT_SECRET_ID_FILE"),
    ];
    return { role_id, secret_id };
  }
  if (options.role === undefined) throw new PhalanxError(diagnostic("auth-role-missing", { method }));
  const file = options.jwtFile ?? (method === "kubernetes" ? SERVICE_ACCOUNT : undefined);
  const setting =
    options.jwtFile === undefined ? "automountServiceAccountToken of the pod, or --jwt-file" : "--jwt-file";
  const jwt =
    file === undefined
      ? (await githubToken(context, vault.url)).reveal()
      : await readCredential(context, file, setting);
  return { role: options.role, jwt };
}

async function variableOrFile(context: Context, name: string, fileVariable: string): Promise<string> {
  const value = variable(context, name);
  if (value) return value.trim();
  const file = variable(context, fileVariable);
  if (file) return readCredential(context, file, fileVariable);
  throw new PhalanxError(diagnostic("auth-variable-missing", { variable: variableName(context, name), fileVariable }));
}

/** @param setting The variable or option that names the file. */
async function readCredential(context: Context, file: string, setting: string): Promise<string> {
  const content = await readCredentialFile(context, file, file).catch((error: unknown) => {
    const reason = reasonOf(error);
    throw new PhalanxError(diagnostic("credential-file-unreadable", { file, reason, setting }), { cause: error });
  });
  return registered(textOf(content, file).trim());
}

/** Registers a credential for masking. */
function registered(credential: string): string {
  return new SecretValue(credential).reveal();
}
