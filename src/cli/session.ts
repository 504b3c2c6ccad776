import { readFile, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import type { Environment } from "../model/environment.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import { openTransport, type TlsOptions } from "../vault/transport.js";
import { type Context, variable, warn } from "./context.js";

const TIMEOUT = 60_000;

/** The token of this run: the operator's own, else the one that comes with the static secrets. */
function vaultToken(context: Context, staticSecrets: StaticSecrets | undefined): string {
  const token = variable(context, "VAULT_TOKEN")?.trim() ?? staticSecrets?.vaultWriteToken?.reveal();
  if (token === undefined) {
    throw new PhalanxError("No Vault credentials in static secrets and VAULT_TOKEN not set", {
      hint: "Set VAULT_TOKEN to the environment's write token.",
    });
  }
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new PhalanxError("The Vault token holds characters that no token has", {
    hint: "Check VAULT_TOKEN for stray characters.",
  });
}

/** Runs `work` with a connection to the environment's Vault, closed again whatever happens. */
export async function withVault<T>(
  context: Context,
  { vault }: Environment,
  staticSecrets: StaticSecrets | undefined,
  work: (session: VaultSession) => Promise<T>,
): Promise<T> {
  const token = vaultToken(context, staticSecrets);
  const { protocol, hostname } = new URL(vault.url);
  if (protocol === "http:" && !isLoopback(hostname)) {
    warn(context, `${vault.url} is not encrypted: token and secrets cross the network in clear text`);
  }
  const tls = protocol === "https:" ? await tlsOptions(context) : {};
  const transport = await openTransport({ url: vault.url, tls, maxConnections: PARALLEL_REQUESTS, timeout: TIMEOUT });
  try {
    return await work({ url: vault.url, transport: transport.request, token, sleep: context.sleep });
  } finally {
    transport.close();
  }
}

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

async function tlsOptions(context: Context): Promise<TlsOptions> {
  const [caFile, caPath] = [variable(context, "VAULT_CACERT"), variable(context, "VAULT_CAPATH")];
  const [cert, key] = [variable(context, "VAULT_CLIENT_CERT"), variable(context, "VAULT_CLIENT_KEY")];
  const authorities = caFile
    ? [await readPem(context, "VAULT_CACERT", caFile)]
    : caPath
      ? await readAuthorities(context, caPath)
      : [];
  return {
    ...(authorities.length > 0 ? { ca: authorities } : {}),
    ...(cert ? { cert: await readPem(context, "VAULT_CLIENT_CERT", cert) } : {}),
    ...(key ? { key: await readPem(context, "VAULT_CLIENT_KEY", key) } : {}),
  };
}

async function readAuthorities(context: Context, directory: string): Promise<string[]> {
  const path = resolve(context.cwd, directory);
  const names = await readdir(path).catch((error: unknown) => {
    throw unreadable("VAULT_CAPATH", directory, error);
  });
  const pem = names.filter((name) => /\.(pem|crt|cer)$/i.test(name)).sort();
  return Promise.all(pem.map((name) => readPem(context, "VAULT_CAPATH", join(path, name))));
}

async function readPem(context: Context, name: string, path: string): Promise<string> {
  try {
    return await readFile(resolve(context.cwd, path), "utf8");
  } catch (error) {
    throw unreadable(name, path, error);
  }
}

function unreadable(name: string, path: string, cause: unknown): PhalanxError {
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown error";
  return new PhalanxError(`${path} cannot be read (${code})`, {
    hint: `Check the environment variable ${name}.`,
    cause,
  });
}
