import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { prescribedProxy } from "../http/proxy.js";
import { openTransport } from "../http/transport.js";
import type { ServerName } from "../http/request.js";
import type { DeclaredLogin, Environment } from "../model/environment.js";
import { isNamespace } from "../model/names.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { revokeSelf } from "../vault/login.js";
import { openSession } from "../vault/open-session.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import { authenticate, isTokenOfEnvironment, type VaultOptions } from "./auth.js";
import { type Context, type Interrupts, variable, variableName, notify } from "../terminal/context.js";
import { authorityFrom, checkEncryption, countRequests, timeoutFrom } from "./network.js";
import { shellServer } from "./shell-server.js";
import { interruptible } from "./interruptible.js";
import { tlsOptions } from "./tls-options.js";

const VAULT: ServerName = {
  name: "Vault",
  setting: "vaultUrl",
  authority: "VAULT_CACERT",
  timeout: "VAULT_CLIENT_TIMEOUT",
};

/** What a command knows about the server it will talk to. */
export interface VaultTarget {
  readonly environment: Pick<Environment, "vault" | "login">;
  /** As given, including the configuration, for printed commands that users paste. */
  readonly access: VaultOptions & { readonly config?: string };
  /** An existing connection to reuse. */
  readonly connection?: VaultConnection | undefined;
  /**
   * Interrupts, for a command that only notes them; until something may have been written, they still end every wait.
   */
  readonly interrupts?: Interrupts;
}

/** A connection to a Vault, not logged in. */
export interface VaultConnection {
  readonly anonymous: VaultSession;
  readonly close: () => void;
}

/** Runs `work` with a connection to the environment's Vault, and always closes it. */
export async function withVault<T>(
  context: Context,
  { environment: { vault, login }, access: given, connection, interrupts }: VaultTarget,
  staticSecrets: StaticSecrets | undefined,
  work: (session: VaultSession) => Promise<T>,
): Promise<T> {
  const access = withDeclared(given, login);
  await checkAddress(context, vault.url, access, staticSecrets);
  const { anonymous, close } = connection ?? (await connect(context, vault.url, access.vaultAddress !== undefined));
  try {
    const waiting = interrupts ? interruptible(anonymous, interrupts) : anonymous;
    const { token, revoke, from: tokenFrom } = await authenticate(context, vault, staticSecrets, access, waiting);
    try {
      return await work({ ...waiting, token, tokenFrom });
    } finally {
      if (revoke) await revokeOrWarn(context, { ...anonymous, token }, interrupts?.signal.aborted ?? false);
      warnOfClock(context, anonymous);
    }
  } finally {
    close();
  }
}

/** Given options take precedence; a mount belongs to its method. */
function withDeclared<T extends VaultOptions>(given: T, login: DeclaredLogin | undefined): T {
  if (login === undefined || (given.auth !== undefined && given.auth !== login.auth)) return given;
  const { mount } = login;
  return {
    ...given,
    auth: login.auth,
    ...(given.authMount === undefined && mount !== undefined && { authMount: mount }),
  };
}

/**
 * Prepares connections to a Vault as the variables require; the first request opens one.
 *
 * @param isGiven Whether the address was given as an option.
 */
export async function connect(context: Context, url: string, isGiven = false): Promise<VaultConnection> {
  const server = { ...VAULT, ...(isGiven && { setting: "--vault-address" }) };
  const transport = await openTransport({
    server: { ...server, ...authorityFrom(context, VAULT.authority, "VAULT_CAPATH") },
    url,
    tls: url.startsWith("https:") ? await tlsOptions(context) : {},
    maxConnections: PARALLEL_REQUESTS,
    log: context.requestLog,
    timeout: timeoutFrom(context, "VAULT_CLIENT_TIMEOUT"),
    proxy: prescribedProxy(context.env, url),
  });
  const namespace = variable(context, "VAULT_NAMESPACE");
  if (namespace !== undefined && !isNamespace(namespace)) throw new PhalanxError(diagnostic("namespace-invalid"));
  const { request, done } = countRequests(context, `Vault at ${url}`, transport.request);
  return {
    anonymous: openSession({
      url,
      transport: request,
      token: "",
      tokenVariable: variableName(context, "VAULT_TOKEN"),
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

/** Clock skew, in milliseconds, that is tolerated without a warning. */
const TOLERATED = 10_000;

function warnOfClock(context: Context, { clock }: VaultSession): void {
  const ahead = clock.ahead();
  if (Math.abs(ahead) <= TOLERATED) return;
  const seconds = Math.round(Math.abs(ahead) / 1000);
  notify(context, diagnostic("clock-differs", { seconds, clock: ahead > 0 ? "behind" : "ahead" }));
}

/** Milliseconds to wait for the revocation of a login's token after an interrupt. */
const LAST_WAIT = 1000;

async function revokeOrWarn(context: Context, session: VaultSession, hurry: boolean): Promise<void> {
  const revoked = revokeSelf(session);
  await (hurry ? Promise.race([revoked, tooLate(LAST_WAIT)]) : revoked).catch((error: unknown) => {
    if (!(error instanceof PhalanxError)) throw error;
    notify(context, diagnostic("token-not-revoked", { cause: error.diagnostic }));
  });
}

/** Unlike a pause, this keeps no process alive. */
function tooLate(milliseconds: number): Promise<never> {
  return new Promise((_, fail) =>
    AbortSignal.timeout(milliseconds).addEventListener("abort", () =>
      fail(new PhalanxError(diagnostic("token-revoked-too-late"))),
    ),
  );
}

/**
 * VAULT_ADDR says which server this shell's credentials are for. They go to no other server, since a configuration
 * change may have named it; only a token from the environment's own secrets does.
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
    if (!(await isTokenOfEnvironment(context, staticSecrets, access))) {
      throw new PhalanxError(diagnostic("vault-server-differs", other));
    }
    notify(context, diagnostic("vault-server-overridden", other));
  }
  checkEncryption(context, url, { setting: vaultAddress === undefined ? "vaultUrl" : "--vault-address", requireTls });
}
