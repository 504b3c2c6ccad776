import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

/** Whether a host is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Whether a list such as NO_PROXY names a server. Parsed like curl and Go do; if the two differ, a server that either
 * of them would reach directly is reached directly.
 */
export function isExempt({ protocol, hostname, port }: URL, list: string): boolean {
  const host = withoutDot(withoutBrackets(hostname));
  const own = port === "" ? defaultPort(protocol) : port;
  const entries = list.toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => entry !== "" && (entry === "*" || names(entry, host, own)));
}

function names(entry: string, host: string, port: string): boolean {
  const slash = entry.lastIndexOf("/");
  if (slash !== -1) return holds(withoutBrackets(entry.slice(0, slash)), entry.slice(slash + 1), host);
  if (isIP(entry) !== 0) return holds(entry, undefined, host);
  const [ending = ""] = /:\d*$/.exec(entry) ?? [];
  if (ending.length > 1 && Number(ending.slice(1)) !== Number(port)) return false;
  const name = withoutDot(withoutBrackets(entry.slice(0, entry.length - ending.length)));
  return isIP(name) === 0 ? covers(name, host) : holds(name, undefined, host);
}

/** A name covers its subdomains, and itself unless it starts with `*.`. */
function covers(name: string, host: string): boolean {
  const base = domainToASCII(name.replace(/^\*?\./, ""));
  if (base === "" || isIP(host) !== 0) return false;
  return host.endsWith(`.${base}`) || (host === base && !name.startsWith("*"));
}

/** Whether a network, or a single address, contains a host. */
function holds(address: string, prefix: string | undefined, host: string): boolean {
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (family === 0 || isIP(host) !== family || !(length <= bits)) return false;
  const network = new BlockList();
  network.addSubnet(address, length, family === 4 ? "ipv4" : "ipv6");
  return network.check(host, family === 4 ? "ipv4" : "ipv6");
}

export function defaultPort(protocol: string): string {
  return protocol === "https:" ? "443" : "80";
}

/** Only in a URL is an IPv6 address in brackets. */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

function withoutDot(name: string): string {
  return name.endsWith(".") ? name.slice(0, -1) : name;
}
