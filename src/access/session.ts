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

/** What a command knows of the server that it is going to talk to. */
export interface VaultTarget {
  readonly environment: Pick<Environment, "vault" | "login">;
  /** As they were given; with the configuration, for commands that are printed to be pasted. */
  readonly access: VaultOptions & { readonly config?: string };
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
  { environment: { vault, login }, access: given, connection, interrupts }: VaultTarget,
  staticSecrets: StaticSecrets | undefined,
  work: (session: VaultSession) => Promise<T>,
): Promise<T> {
  const access = withDeclared(given, login);
  await checkAddress(context, vault.url, access, staticSecrets);
  const { anonymous, close } = connection ?? (await connect(context, vault.url));
  try {
    const waiting = interrupts ? interruptible(anonymous, interrupts) : anonymous;
    const { token, revoke } = await authenticate(context, vault, staticSecrets, access, waiting);
    try {
      return await work({ ...waiting, token });
    } finally {
      if (revoke) await revokeOrWarn(context, { ...anonymous, token }, interrupts?.signal.aborted ?? false);
      warnOfClock(context, anonymous);
    }
  } finally {
    close();
  }
}

/** What was given comes first; a mount belongs to its method. */
function withDeclared<T extends VaultOptions>(given: T, login: DeclaredLogin | undefined): T {
  if (login === undefined || (given.auth !== undefined && given.auth !== login.auth)) return given;
  const { mount } = login;
  return {
    ...given,
    auth: login.auth,
    ...(given.authMount === undefined && mount !== undefined && { authMount: mount }),
  };
}

/** Opens connections to a Vault as the variables prescribe; the first request makes the first one. */
export async function connect(context: Context, url: string): Promise<VaultConnection> {
  const transport = await openTransport({
    server: { ...VAULT, ...authorityFrom(context, VAULT.authority, "VAULT_CAPATH") },
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

/** Milliseconds by which two clocks may differ without a word. */
const TOLERATED = 10_000;

function warnOfClock(context: Context, { clock }: VaultSession): void {
  const ahead = clock.ahead();
  if (Math.abs(ahead) <= TOLERATED) return;
  const seconds = Math.round(Math.abs(ahead) / 1000);
  notify(context, diagnostic("clock-differs", { seconds, clock: ahead > 0 ? "behind" : "ahead" }));
}

/** Milliseconds that whoever has asked to stop is kept waiting for the end of a login's token. */
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
    if (!(await isTokenOfEnvironment(context, staticSecrets, access))) {
      throw new PhalanxError(diagnostic("vault-server-differs", other));
    }
    notify(context, diagnostic("vault-server-overridden", other));
  }
  checkEncryption(context, url, { setting: vaultAddress === undefined ? "vaultUrl" : "--vault-address", requireTls });
}
