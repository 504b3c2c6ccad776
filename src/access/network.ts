import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { isLoopback } from "../http/no-proxy.js";
import { DEFAULT_TIMEOUT } from "../http/transport.js";
import type { ServerName, Transport } from "../http/request.js";
import { type Context, variable, notify } from "../terminal/context.js";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Variables that name a CA file for other programs, including the original. */
const OTHERS = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] as const;

/** The variable that names the CAs to trust; if none is set, also one of another program that may be meant for it. */
export function authorityFrom(
  context: Context,
  ...names: readonly [string, ...string[]]
): Pick<ServerName, "authority" | "unreadAuthority"> {
  const other = OTHERS.find((name) => variable(context, name) !== undefined);
  const isSet = names.some((name) => variable(context, name) !== undefined);
  return { authority: names[0], ...(other !== undefined && !isSet && { unreadAuthority: other }) };
}

/** Warns about a server whose traffic anyone on the network can read; with `--require-tls`, refuses it. */
export function checkEncryption(
  context: Context,
  url: string,
  { setting, requireTls = false }: { readonly setting: string; readonly requireTls?: boolean | undefined },
): void {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "http:" || isLoopback(hostname)) return;
  if (requireTls) throw new PhalanxError(diagnostic("tls-required", { url, setting }));
  notify(context, diagnostic("connection-not-encrypted", { url }));
}

/** Shows how many requests a server has answered, until `done` is called. */
export function countRequests(
  context: Context,
  server: string,
  transport: Transport,
): { readonly request: Transport; readonly done: () => void } {
  let answers = 0;
  const end = context.progress?.(() => `${server}: ${answers} requests`);
  return {
    request: (sent) => transport(sent).finally(() => (answers += 1)),
    done: () => end?.(),
  };
}

/** A variable in seconds or as a Go duration, as Vault's own client reads it. */
export function timeoutFrom(context: Context, name: string): number {
  const value = variable(context, name);
  if (value === undefined) return DEFAULT_TIMEOUT;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value);
  if (match === null) throw new PhalanxError(diagnostic("timeout-malformed", { variable: name, value }));
  const milliseconds = Number(match[1]) * (UNITS[match[2] ?? "s"] ?? 1000);
  if (milliseconds < 1) throw new PhalanxError(diagnostic("timeout-zero", { variable: name, value }));
  return milliseconds;
}
