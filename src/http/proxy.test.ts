import { describe, expect, test } from "vitest";
import { isExempt } from "./no-proxy.js";
import { nameOf, parseProxy, prescribedProxy } from "./proxy.js";

/** As curl and Go read each; if they differ, the one that reaches the server directly. */
const EXEMPT: readonly (readonly [list: string, url: string, exempt: boolean])[] = [
  ["", "https://vault.example.org", false],
  [" , ,", "https://vault.example.org", false],
  ["*", "https://vault.example.org", true],
  ["*", "https://[2001:db8::1]:8200", true],
  ["other.example.org,*", "https://vault.example.org", true],
  ["vault.example.org", "https://vault.example.org", true],
  ["VAULT.Example.ORG", "https://vault.example.org", true],
  ["vault.example.org", "https://VAULT.example.org", true],
  ["vault.example.org.", "https://vault.example.org", true],
  ["vault.example.org", "https://vault.example.org.", true],
  ["example.org", "https://vault.example.org", true],
  ["example.org", "https://myexample.org", false],
  ["vault.example.org", "https://example.org", false],
  ["example.org", "https://example.org.evil.test", false],
  [".example.org", "https://vault.example.org", true],
  // curl also applies it to the name itself; Go does not.
  [".example.org", "https://example.org", true],
  [".example.org", "https://myexample.org", false],
  // Go only.
  ["*.example.org", "https://vault.example.org", true],
  ["*.example.org", "https://example.org", false],
  ["*.example.org", "https://myexample.org", false],
  ["*example.org", "https://vault.example.org", false],
  ["va*.example.org", "https://vault.example.org", false],
  ["a.test, vault.example.org ,b.test", "https://vault.example.org", true],
  // curl only.
  ["a.test vault.example.org", "https://vault.example.org", true],
  // Only Go supports ports.
  ["vault.example.org:443", "https://vault.example.org", true],
  ["vault.example.org:80", "https://vault.example.org", false],
  ["vault.example.org:80", "http://vault.example.org", true],
  ["vault.example.org:8200", "https://vault.example.org:8200", true],
  ["vault.example.org:8200", "https://vault.example.org", false],
  [".example.org:8200", "https://vault.example.org:8200", true],
  ["*.example.org:8200", "https://vault.example.org:8201", false],
  [":8200", "https://vault.example.org:8200", false],
  ["vault.example.org:", "https://vault.example.org", true],
  ["10.1.2.3", "https://10.1.2.3:8200", true],
  ["10.1.2.3", "https://10.1.2.30", false],
  ["10.1.2.3:8200", "https://10.1.2.3:8200", true],
  ["10.1.2.3:8200", "https://10.1.2.3", false],
  ["10.0.0.0/8", "https://10.1.2.3", true],
  ["10.9.9.9/8", "https://10.1.2.3", true],
  ["10.0.0.0/8", "https://11.1.2.3", false],
  ["10.1.2.3/32", "https://10.1.2.3", true],
  ["0.0.0.0/0", "https://10.1.2.3", true],
  ["10.0.0.0/33", "https://10.1.2.3", false],
  ["10.0.0.0/", "https://10.1.2.3", false],
  ["10.0.0.0/-1", "https://10.1.2.3", false],
  ["10.0.0.0/8", "https://vault.example.org", false],
  ["0.0.0.0/0", "https://[2001:db8::1]", false],
  ["2.3", "https://10.1.2.3", false],
  [".3", "https://10.1.2.3", false],
  ["2001:db8::1", "https://[2001:db8::1]:8200", true],
  // Neither curl nor Go accepts this, but the intent is clear.
  ["[2001:db8::1]", "https://[2001:db8::1]:8200", true],
  ["2001:DB8:0:0::1", "https://[2001:db8::1]", true],
  ["[2001:db8::1]:8200", "https://[2001:db8::1]:8200", true],
  ["[2001:db8::1]:8200", "https://[2001:db8::1]", false],
  ["2001:db8::2", "https://[2001:db8::1]", false],
  ["2001:db8::/32", "https://[2001:db8::1]", true],
  ["[2001:db8::]/32", "https://[2001:db8::1]", true],
  ["2001:db8::/129", "https://[2001:db8::1]", false],
  ["2001:db9::/32", "https://[2001:db8::1]", false],
  ["bücher.example", "https://bücher.example", true],
  ["http://vault.example.org", "https://vault.example.org", false],
];

test.each(EXEMPT)("of the list %j, %s is reached directly: %s", (list, url, exempt) => {
  expect(isExempt(new URL(url), list)).toBe(exempt);
});

describe("the proxy that is prescribed", () => {
  const [HTTPS, HTTP] = ["https://vault.example.org", "http://vault.example.org"];
  const rows: readonly (readonly [env: Record<string, string>, server: string, proxy: string | undefined])[] = [
    [{}, HTTPS, undefined],
    [{ HTTPS_PROXY: "http://p:1" }, HTTPS, "HTTPS_PROXY p:1"],
    [{ HTTPS_PROXY: "http://p:1" }, HTTP, undefined],
    [{ HTTP_PROXY: "http://p:1" }, HTTP, "HTTP_PROXY p:1"],
    [{ HTTP_PROXY: "http://p:1" }, HTTPS, undefined],
    [{ https_proxy: "http://p:1" }, HTTPS, "https_proxy p:1"],
    [{ http_proxy: "http://p:1" }, HTTP, "http_proxy p:1"],
    [{ HTTPS_PROXY: "http://p:1", https_proxy: "http://q:1" }, HTTPS, "HTTPS_PROXY p:1"],
    [{ HTTPS_PROXY: "", https_proxy: "http://q:1" }, HTTPS, "https_proxy q:1"],
    [{ ALL_PROXY: "http://p:1", all_proxy: "http://p:1" }, HTTPS, undefined],
    // In CGI, the client controls HTTP_PROXY, but no other variable.
    [{ HTTP_PROXY: "http://p:1", REQUEST_METHOD: "GET" }, HTTP, undefined],
    [{ HTTP_PROXY: "http://p:1", http_proxy: "http://q:1", REQUEST_METHOD: "GET" }, HTTP, "http_proxy q:1"],
    [{ HTTPS_PROXY: "http://p:1", REQUEST_METHOD: "GET" }, HTTPS, "HTTPS_PROXY p:1"],
    [{ HTTPS_PROXY: "p:3128" }, HTTPS, "HTTPS_PROXY p:3128"],
    [{ HTTPS_PROXY: "p" }, HTTPS, "HTTPS_PROXY p:80"],
    [{ HTTPS_PROXY: " u:x@p:3128 " }, HTTPS, "HTTPS_PROXY p:3128"],
    [{ HTTPS_PROXY: "https://p" }, HTTPS, "HTTPS_PROXY p:443"],
    [{ HTTPS_PROXY: "http://[2001:db8::1]:3128/" }, HTTPS, "HTTPS_PROXY [2001:db8::1]:3128"],
    [{ HTTPS_PROXY: "p:1", NO_PROXY: "example.org" }, HTTPS, undefined],
    [{ HTTPS_PROXY: "p:1", no_proxy: "example.org" }, HTTPS, undefined],
    [{ HTTPS_PROXY: "p:1", NO_PROXY: "example.com", no_proxy: "example.org" }, HTTPS, "HTTPS_PROXY p:1"],
    // This machine, as in Go.
    ...["localhost", "127.0.0.1", "127.9.9.9", "[::1]"].map(
      (host) => [{ HTTPS_PROXY: "p:1", HTTP_PROXY: "p:1" }, `http://${host}:8200`, undefined] as const,
    ),
  ];
  test.each(rows)("by %j for %s is %s", (env, server, expected) => {
    const proxy = prescribedProxy(env, server);
    expect(proxy && `${proxy.setting} ${nameOf(proxy)}`).toBe(expected);
  });

  test.each(["socks5://p:1080", "u:hunter2", "http://", "http://u:hunter2@", "http://a b", "ftp://p", "p:99999"])(
    "is refused as %j, without being quoted",
    (text) => {
      expect(() => prescribedProxy({ https_proxy: text }, HTTPS)).toThrow(
        "https_proxy is not the URL of an HTTP proxy",
      );
    },
  );

  test.each(["http://u:hunter2%zz@p:1", "http://u:1/hunter2@p:1", "http://u:1?hunter2@p:1", "http://u:1#hunter2@p:1"])(
    "is refused as %j, which is not encoded",
    (text) => {
      expect(() => parseProxy("HTTPS_PROXY", text)).toThrow(
        "HTTPS_PROXY holds a user or password that is not percent-encoded",
      );
    },
  );
});
