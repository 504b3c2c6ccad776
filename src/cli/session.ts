import { PhalanxError } from "../errors.js";
import type { Environment } from "../model/environment.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import { openTransport, type ServerName } from "../http/transport.js";
import { type Context, variable, warn } from "./context.js";
import { tlsOptions } from "./tls-options.js";

const TIMEOUT = 60_000;
const VAULT: ServerName = { name: "Vault", setting: "vaultUrl", authority: "VAULT_CACERT" };

/** The token of this run: the operator's own, else the one that comes with the static secrets. */
function vaultToken(context: Context, staticSecrets: StaticSecrets | undefined): string {
  const own = variable(context, "VAULT_TOKEN")?.trim();
  const token = own || staticSecrets?.vaultWriteToken?.reveal().trim();
  if (!token) {
    throw new PhalanxError("No Vault credentials in static secrets and VAULT_TOKEN not set", {
      hint: "Set VAULT_TOKEN to the environment's write token.",
    });
  }
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const origin = own ? "VAULT_TOKEN" : "vault-write-token of the static secrets";
  throw new PhalanxError(`${origin} holds characters that no token has`, {
    hint: `Check ${origin} for stray characters.`,
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
  const transport = await openTransport({
    server: VAULT,
    url: vault.url,
    tls,
    maxConnections: PARALLEL_REQUESTS,
    timeout: TIMEOUT,
  });
  try {
    return await work({ url: vault.url, transport: transport.request, token, sleep: context.sleep });
  } finally {
    transport.close();
  }
}

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
