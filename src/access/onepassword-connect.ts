import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { prescribedProxy } from "../http/proxy.js";
import { openTransport } from "../http/transport.js";
import type { ServerName } from "../http/request.js";
import type { Environment, OnepasswordLocation } from "../model/environment.js";
import type { ConnectSession } from "../sources/onepassword/client.js";
import { PARALLEL_REQUESTS } from "../sources/onepassword/vault.js";
import { type Context, variable, variableName } from "../terminal/context.js";
import { checkToken } from "./auth.js";
import { authorityFrom, checkEncryption, countRequests, timeoutFrom } from "./network.js";
import { shellServer } from "./shell-server.js";

const TOKEN = "OP_CONNECT_TOKEN";

const CONNECT: ServerName = {
  name: "1Password Connect",
  setting: "onepassword.connectUrl",
  authority: "NODE_EXTRA_CA_CERTS",
  timeout: "OP_CONNECT_TIMEOUT",
};

/** The token for 1Password Connect; undefined if there is none. */
export function connectToken(context: Context): string | undefined {
  const token = variable(context, TOKEN)?.trim();
  return token ? checkToken(token, variableName(context, TOKEN)) : undefined;
}

/** How to authenticate to 1Password Connect, and what the connection must satisfy. */
export interface ConnectAccess {
  readonly token: string;
  readonly requireTls: boolean | undefined;
}

/** Runs `work` with a connection to the environment's 1Password Connect, and always closes it. */
export async function withConnect<T>(
  context: Context,
  { connectUrl }: OnepasswordLocation,
  { token, requireTls }: ConnectAccess,
  work: (session: ConnectSession) => Promise<T>,
): Promise<T> {
  const tokenVariable = variableName(context, TOKEN);
  const other = shellServer(context, "OP_CONNECT_HOST", connectUrl);
  if (other !== undefined) throw new PhalanxError(diagnostic("connect-server-differs", { ...other, tokenVariable }));
  checkEncryption(context, connectUrl, { setting: CONNECT.setting, requireTls });
  const transport = await openTransport({
    server: { ...CONNECT, ...authorityFrom(context, CONNECT.authority) },
    url: connectUrl,
    proxy: prescribedProxy(context.env, connectUrl),
    maxConnections: PARALLEL_REQUESTS,
    log: context.requestLog,
    timeout: timeoutFrom(context, "OP_CONNECT_TIMEOUT"),
  });
  const { sleep, now } = context;
  const { request, done } = countRequests(context, `${CONNECT.name} at ${connectUrl}`, transport.request);
  try {
    return await work({
      url: connectUrl,
      transport: request,
      token,
      tokenVariable,
      sleep,
      now,
    });
  } finally {
    done();
    transport.close();
  }
}

/** Where an environment's 1Password is, for a command that needs nothing else. */
export function requireOnepassword(
  context: Context,
  { name, onepassword }: Environment,
): { readonly location: OnepasswordLocation; readonly token: string } {
  if (onepassword === undefined)
    throw new PhalanxError(diagnostic("onepassword-not-configured", {}, { subject: { environment: name } }));
  const token = connectToken(context);
  if (token !== undefined) return { location: onepassword, token };
  throw new PhalanxError(
    diagnostic("connect-token-missing", { variable: variableName(context, TOKEN), vault: onepassword.vaultTitle }),
  );
}
