import { PhalanxError } from "../errors.js";
import { prescribedProxy } from "../http/proxy.js";
import { openTransport, type ServerName } from "../http/transport.js";
import type { Environment } from "../model/environment.js";
import { isNamespace } from "../model/names.js";
import { PATH_HINT } from "../render/names.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { revokeSelf } from "../vault/login.js";
import { openSession } from "../vault/open-session.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import { shellWord } from "../model/shell.js";
import { authenticate, isTokenOfEnvironment } from "./auth.js";
import { type Context, type Interrupts, variable, warn } from "../terminal/context.js";
import { authorityFrom, checkEncryption, countRequests, timeoutFrom } from "./network.js";
import { type ShellServer, shellServer } from "./shell-server.js";
import { stoppable } from "./stoppable.js";
import { tlsOptions } from "./tls-options.js";
import type { VaultOptions } from "./vault-options.js";

const VAULT: ServerName = {
  name: "Vault",
  setting: "vaultUrl",
  authority: "VAULT_CACERT",
  timeout: "VAULT_CLIENT_TIMEOUT",
};

/** What a command knows of the server that it is going to talk to. */
export interface VaultTarget {
  readonly environment: Pick<Environment, "vault">;
  readonly access: VaultOptions;
  /** A connection that is there already. */
  readonly connection?: VaultConnection | undefined;
  /** Where a request to stop is only noted: until something may have been written, it ends every wait all the same. */
  readonly interrupts?: Interrupts;
}

/** A connection to a Vault, on which nobody has logged in. */
export interface VaultConnection {
  readonly anonymous: VaultSession;
  readonly close: () => void;
}

/** Runs `work` with a connection to the environment's Vault, closed again whatever happens. */
export async function withVault<T>(
  context: Context,
  { environment: { vault }, access, connection, interrupts }: VaultTarget,
  staticSecrets: StaticSecrets | undefined,
  work: (session: VaultSession) => Promise<T>,
): Promise<T> {
  await checkAddress(context, vault.url, access, staticSecrets);
  const { anonymous, close } = connection ?? (await connect(context, vault.url));
  try {
    const waiting = interrupts ? stoppable(anonymous, interrupts) : anonymous;
    const { token, revoke } = await authenticate(context, vault, staticSecrets, access, waiting);
    try {
      return await work({ ...waiting, token });
    } finally {
      if (revoke) await revokeOrWarn(context, { ...anonymous, token }, interrupts?.requested() ?? false);
      warnOfClock(context, anonymous);
    }
  } finally {
    close();
  }
}

/** Opens connections to a Vault as the variables prescribe; the first request makes the first one. */
export async function connect(context: Context, url: string): Promise<VaultConnection> {
  const transport = await openTransport({
    server: { ...VAULT, authority: authorityFrom(context, VAULT.authority, "VAULT_CAPATH") },
    url,
    tls: url.startsWith("https:") ? await tlsOptions(context) : {},
    maxConnections: PARALLEL_REQUESTS,
    log: context.requestLog,
    timeout: timeoutFrom(context, "VAULT_CLIENT_TIMEOUT"),
    proxy: prescribedProxy(context.env, url),
  });
  const namespace = variable(context, "VAULT_NAMESPACE");
  if (namespace !== undefined && !isNamespace(namespace)) {
    throw new PhalanxError("VAULT_NAMESPACE holds what cannot be a namespace", { hint: PATH_HINT });
  }
  const { request, done } = countRequests(context, `Vault at ${url}`, transport.request);
  return {
    anonymous: openSession({
      url,
      transport: request,
      token: "",
      namespace,
      sleep: context.sleep,
      machineTime: Date.now,
    }),
    close: () => {
      done();
      transport.close();
    },
  };
}

/** Milliseconds by which two clocks may differ without a word. */
const TOLERATED = 10_000;

function warnOfClock(context: Context, { clock }: VaultSession): void {
  const ahead = clock.ahead();
  if (Math.abs(ahead) <= TOLERATED) return;
  const seconds = Math.round(Math.abs(ahead) / 1000);
  warn(
    context,
    `the clock of this machine is ${seconds} seconds ${ahead > 0 ? "behind" : "ahead of"} that of Vault; times in reports are Vault's`,
  );
}

/** Milliseconds that whoever has asked to stop is kept waiting for the end of a login's token. */
const LAST_WAIT = 1000;

async function revokeOrWarn(context: Context, session: VaultSession, hurry: boolean): Promise<void> {
  const revoked = revokeSelf(session);
  await (hurry ? Promise.race([revoked, tooLate(LAST_WAIT)]) : revoked).catch((error: unknown) => {
    if (!(error instanceof PhalanxError)) throw error;
    warn(context, `the token of this login could not be revoked: ${error.message}`);
  });
}

/** Unlike a pause, this keeps no process alive. */
function tooLate(milliseconds: number): Promise<never> {
  return new Promise((_, fail) =>
    AbortSignal.timeout(milliseconds).addEventListener("abort", () => fail(new PhalanxError("no answer came in time"))),
  );
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
  const instead = address === undefined ? "" : ` For the server of VAULT_ADDR: --vault-address ${shellWord(address)}`;
  return new PhalanxError(`${text}: no credential is sent there`, {
    hint: `If ${url} is right: unset VAULT_ADDR.${instead}`,
  });
}
