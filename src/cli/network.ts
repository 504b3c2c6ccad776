import { PhalanxError } from "../errors.js";
import { DEFAULT_TIMEOUT, type Transport } from "../http/transport.js";
import { type Context, variable, warn } from "./context.js";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The proxy that the environment prescribes for a server; none for this machine itself. */
export function proxyFor(context: Context, url: string): string | undefined {
  const { protocol, hostname } = new URL(url);
  const name = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = variable(context, name) ?? variable(context, name.toLowerCase());
  if (proxy === undefined || isLoopback(hostname)) return undefined;
  if (URL.canParse(proxy)) return isExempt(context, hostname) ? undefined : proxy;
  throw new PhalanxError(`${name} is no URL`, { hint: "Write it as in http://proxy.example.org:3128." });
}

function isExempt(context: Context, hostname: string): boolean {
  const list = variable(context, "NO_PROXY") ?? variable(context, "no_proxy") ?? "";
  return list.split(",").some((entry) => {
    const name = entry.trim().replace(/^\*?\./, "");
    return name !== "" && (name === "*" || hostname === name || hostname.endsWith(`.${name}`));
  });
}

/** Warns of a server whose requests anybody on the way can read; with `--require-tls`, refuses it. */
export function checkEncryption(
  context: Context,
  url: string,
  { setting, requireTls = false }: { readonly setting: string; readonly requireTls?: boolean | undefined },
): void {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "http:" || isLoopback(hostname)) return;
  if (requireTls) {
    throw new PhalanxError(`${url} is not encrypted`, { hint: `Correct ${setting}, or leave out --require-tls.` });
  }
  warn(context, `${url} is not encrypted: token and secrets cross the network in clear text`);
}

/** Whether a host is this machine itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Shows how many requests to a server were answered, until `done` is called. */
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

/** Seconds, or a duration as Go writes it, in a variable; Vault's own client has one. */
export function timeoutFrom(context: Context, name: string): number {
  const text = variable(context, name);
  if (text === undefined) return DEFAULT_TIMEOUT;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (match === null)
    throw new PhalanxError(`${name} is "${text}", which is no duration`, {
      hint: "Write it as in 30 or 30s.",
    });
  const milliseconds = Number(match[1]) * (UNITS[match[2] ?? "s"] ?? 1000);
  if (milliseconds < 1)
    throw new PhalanxError(`${name} is "${text}", and no answer comes in no time`, {
      hint: "Write it as in 30 or 30s. There is no way to wait for ever.",
    });
  return milliseconds;
}
