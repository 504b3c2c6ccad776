import { PhalanxError } from "../errors.js";
import { openTransport, type ServerName } from "../http/transport.js";
import type { Environment } from "../model/environment.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { revokeSelf } from "../vault/login.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import { authenticate, isTokenOfEnvironment } from "./auth.js";
import { type Context, variable, warn } from "./context.js";
import { checkEncryption, countRequests, proxyFor, timeoutFrom } from "./network.js";
import { quoted } from "./secrets/next-command.js";
import { type ShellServer, shellServer } from "./shell-server.js";
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
  await checkAddress(context, vault.url, access, staticSecrets);
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
  if (namespace !== undefined && !/^[\x21-\x7e]+$/.test(namespace)) {
    throw new PhalanxError("VAULT_NAMESPACE holds characters that no namespace has", {
      hint: "Check VAULT_NAMESPACE for stray characters.",
    });
  }
  const { request, done } = countRequests(context, `Vault at ${url}`, transport.request);
  return {
    anonymous: { url, transport: request, token: "", namespace, sleep: context.sleep, newest: new Map() },
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

/**
 * VAULT_ADDR says which server the credentials of this shell are for. They go to no other one, which a change of the
 * configuration may have named; only a token that comes with the environment's own secrets does.
 */
async function checkAddress(
  context: Context,
  url: string,
  access: VaultOptions,
  staticSecrets: StaticSecrets | undefined,
): Promise<void> {
  const { vaultAddress, requireTls } = access;
  const other = vaultAddress === undefined ? shellServer(context, "VAULT_ADDR", url) : undefined;
  if (other !== undefined) {
    if (!(await isTokenOfEnvironment(context, staticSecrets, access))) throw wrongServer(other, url);
    warn(context, `${other.text}, and that is used (--vault-address overrides it)`);
  }
  checkEncryption(context, url, { setting: vaultAddress === undefined ? "vaultUrl" : "--vault-address", requireTls });
}

function wrongServer({ address, text }: ShellServer, url: string): PhalanxError {
  const instead = address === undefined ? "" : ` For the server of VAULT_ADDR: --vault-address ${quoted(address)}`;
  return new PhalanxError(`${text}: no credential is sent there`, {
    hint: `If ${url} is right: unset VAULT_ADDR.${instead}`,
  });
}
