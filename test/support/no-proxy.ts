import { isIP, isIPv6 } from "node:net";

// Based on Go's golang.org/x/net/http/httpproxy and curl's lib/noproxy.c, not on the code under test.

/** An address in bits, as text; undefined if it is not one. */
function bitsOf(address: string): string | undefined {
  if (isIP(address) === 0) return undefined;
  const parts = isIPv6(address) ? hextets(address) : address.split(".").map(Number);
  return parts.map((part) => part.toString(2).padStart(isIPv6(address) ? 16 : 8, "0")).join("");
}

function hextets(address: string): number[] {
  const dotted = /[\d.]+$/.exec(address)?.[0] ?? "";
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split(".").map(Number);
  const hex = `${((a << 8) + b).toString(16)}:${((c << 8) + d).toString(16)}`;
  const plain = dotted.includes(".") ? address.replace(dotted, hex) : address;
  const [left = "", right] = plain.split("::");
  const numbers = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((part) => Number.parseInt(part, 16));
  if (right === undefined) return numbers(left);
  const [before, after] = [numbers(left), numbers(right)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

/** Whether the addresses are of the same family, and share their first bits. */
function inNetwork(host: string, network: string, length: number): boolean {
  const [a, b] = [bitsOf(host), bitsOf(network)];
  return a !== undefined && a.length === b?.length && length <= a.length && a.slice(0, length) === b.slice(0, length);
}

/** Go: comma-separated entries, with ports, networks, `*` and `*.`; a name suffix after a dot is enough. */
export function goesPastInGo(list: string, host: string, port: string): boolean {
  const entries = list
    .toLowerCase()
    .split(",")
    .map((entry) => entry.trim());
  return entries.some((entry) => {
    if (entry === "") return false;
    if (entry === "*") return true;
    const [, network = "", length = ""] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? [];
    if (isIP(network) !== 0 && Number(length) <= (isIPv6(network) ? 128 : 32))
      return inNetwork(host, network, Number(length));
    const [, name = entry, ownPort = ""] = isIPv6(entry) ? [] : (/^(\[[^\]]*\]|[^:]*):([^:]*)$/.exec(entry) ?? []);
    const plain = ownPort !== "" || name !== entry ? name.replace(/^\[(.*)\]$/, "$1") : name;
    if (plain === "" || (ownPort !== "" && ownPort !== port)) return false;
    if (isIP(plain) !== 0) return bitsOf(plain) === bitsOf(host);
    if (isIP(host) !== 0) return false;
    const suffix = plain.replace(/^\*\./, ".");
    return suffix.startsWith(".") ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
  });
}

/**
 * The meaning common to both: an entry may have a port, which Go evaluates, or a leading or trailing dot, which curl
 * ignores.
 *
 * @returns The list without meaningless dots, and without ports equal to the server's.
 */
export function withoutOrnaments(list: string, port: string): string {
  const entries = list.split(/[\s,]+/).map((entry) => {
    const plain = entry.replace(/[.:]$/, "");
    if (isIP(plain) !== 0 || !plain.endsWith(`:${port}`)) return plain;
    return plain
      .slice(0, -port.length - 1)
      .replace(/\.$/, "")
      .replace(/^\[(.*)\]$/, "$1");
  });
  return entries.join(",");
}

/** curl: comma- or blank-separated entries, with networks; no ports; a leading or trailing dot means nothing. */
export function goesPastInCurl(list: string, host: string): boolean {
  if (list === "*") return true;
  return list.split(/[ \t,]+/).some((entry) => {
    if (entry === "") return false;
    if (isIP(host) !== 0) {
      const [, address = entry, bits = "0"] = /^(.*)\/(\d+)$/.exec(entry) ?? [];
      return isIP(address) !== 0 && inNetwork(host, address, Number(bits) || (isIPv6(host) ? 128 : 32));
    }
    const name = entry.toLowerCase().replace(/\.$/, "").replace(/^\./, "");
    const own = host.replace(/\.$/, "");
    return name !== "" && (own === name || own.endsWith(`.${name}`));
  });
}
