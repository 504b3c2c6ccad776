import { PhalanxError } from "../errors.js";
import { openTransport, type ServerName } from "../http/transport.js";
import type { Environment } from "../model/environment.js";
import { isNamespace, PATH_HINT } from "../model/names.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { revokeSelf } from "../vault/login.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import { authenticate, sameServer } from "./auth.js";
import { type Context, variable, warn } from "./context.js";
import { checkEncryption, countRequests, proxyFor, timeoutFrom } from "./network.js";
import { tlsOptions } from "./tls-options.js";
import type { VaultOptions } from "./vault-options.js";

const VAULT: ServerName = { name: "Vault", setting: "vaultUrl", authority: "VAULT_CACERT" };

/** What a command knows of the server that it is going to talk to. */
export interface VaultTarget {
  readonly environment: Pick<Environment, "vault">;
  readonly access: VaultOptions;
  /** A connection that is there already. */
  readonly connection?: VaultConnection | undefined;
}

/** A connection to a Vault, on which nobody has logged in. */
export interface VaultConnection {
  readonly anonymous: VaultSession;
  readonly close: () => void;
}

/** Runs `work` with a connection to the environment's Vault, closed again whatever happens. */
export async function withVault<T>(
  context: Context,
  { environment: { vault }, access, connection }: VaultTarget,
  staticSecrets: StaticSecrets | undefined,
  work: (session: VaultSession) => Promise<T>,
): Promise<T> {
  checkAddress(context, vault.url, access);
  const { anonymous, close } = connection ?? (await connect(context, vault.url));
  try {
    const { token, revoke } = await authenticate(context, vault, staticSecrets, access, anonymous);
    const session = { ...anonymous, token };
    try {
      return await work(session);
    } finally {
      if (revoke) await revokeOrWarn(context, session);
    }
  } finally {
    close();
  }
}

/** Opens connections to a Vault as the variables prescribe; the first request makes the first one. */
export async function connect(context: Context, url: string): Promise<VaultConnection> {
  const proxy = proxyFor(context, url);
  const transport = await openTransport({
    server: VAULT,
    url,
    tls: url.startsWith("https:") ? await tlsOptions(context) : {},
    maxConnections: PARALLEL_REQUESTS,
    log: context.requestLog,
    timeout: timeoutFrom(context, "VAULT_CLIENT_TIMEOUT"),
    ...(proxy === undefined ? {} : { proxy }),
  });
  const namespace = variable(context, "VAULT_NAMESPACE");
  if (namespace !== undefined && !isNamespace(namespace)) {
    throw new PhalanxError("VAULT_NAMESPACE holds what cannot be a namespace", { hint: PATH_HINT });
  }
  const { request, done } = countRequests(context, `Vault at ${url}`, transport.request);
  return {
    anonymous: { url, transport: request, token: "", namespace, sleep: context.sleep },
    close: () => {
      done();
      transport.close();
    },
  };
}

async function revokeOrWarn(context: Context, session: VaultSession): Promise<void> {
  await revokeSelf(session).catch((error: unknown) => {
    if (!(error instanceof PhalanxError)) throw error;
    warn(context, `the token of this login could not be revoked: ${error.message}`);
  });
}

function checkAddress(context: Context, url: string, { vaultAddress, requireTls }: VaultOptions): void {
  const address = variable(context, "VAULT_ADDR");
  if (address !== undefined && vaultAddress === undefined && !sameServer(address, url)) {
    warn(
      context,
      `VAULT_ADDR is ${withoutCredentials(address)}, but the configuration says ${url}, and that is used (--vault-address overrides it)`,
    );
  }
  checkEncryption(context, url, { setting: vaultAddress === undefined ? "vaultUrl" : "--vault-address", requireTls });
}

/** An address as it may be shown. */
function withoutCredentials(address: string): string {
  return address.replace(/^([^/]*\/\/)?[^/]*@/, "$1");
}
