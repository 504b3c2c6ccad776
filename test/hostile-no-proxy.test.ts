import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { prescribedProxy } from "../src/http/proxy.js";
import { counter, fuzz, patience } from "./support/fuzz.js";
import { goesPastInCurl, goesPastInGo, withoutOrnaments } from "./support/no-proxy.js";

/** NO_PROXY is read as curl and Go read it: a server that one of them reaches directly is reached directly. */
const inputs = counter("lists of NO_PROXY");
afterAll(inputs.report);

const HOSTS = [
  "vault.example.org",
  "example.org",
  "other.test",
  "vault.example.org.",
  "10.1.2.3",
  "11.0.0.1",
  "2001:db8::1",
  "fe80::2",
];
const PORTS = ["", "443", "8200", "80"];

const word = fc.oneof(
  fc.constantFrom(...HOSTS),
  fc.constantFrom(
    "EXAMPLE.org",
    "ample.org",
    "org",
    "a.vault.example.org",
    "10.1.2",
    "1.2.3",
    "2001:DB8:0:0::1",
    "::1",
    "*",
  ),
);

/** But for dots alone, which to Go are the end of a host that ends in one. */
const entry: fc.Arbitrary<string> = fc
  .oneof(
    word,
    fc
      .tuple(fc.constantFrom("", ".", "*.", "*", ".."), word, fc.constantFrom("", ".", ":443", ":8200", ":", ":x"))
      .map((parts) => parts.join("")),
    fc
      .tuple(word, fc.constantFrom("0", "8", "16", "31", "32", "33", "64", "128", "129", "", "x", "-1"))
      .map((parts) => parts.join("/")),
    fc
      .tuple(fc.constantFrom("2001:db8::1", "fe80::2"), fc.constantFrom(":443", ":8200"))
      .map(([address, port]) => `[${address}]${port}`),
    fc.string({ unit: fc.constantFrom(..."*.:/[]@ae1"), maxLength: 6 }),
  )
  .filter((text) => !/^\*?\.+(?::|$)/.test(text));

const lists: fc.Arbitrary<string> = fc
  .tuple(fc.array(entry, { maxLength: 4 }), fc.constantFrom(",", ", ", " ", ",,", " ,\t"))
  .map(([entries, between]) => entries.join(between));

const servers: fc.Arbitrary<readonly [protocol: string, host: string, port: string]> = fc.tuple(
  fc.constantFrom("http", "https"),
  fc.constantFrom(...HOSTS),
  fc.constantFrom(...PORTS),
);

test("any list of exceptions", { timeout: patience(10_000) }, () => {
  fc.assert(
    fc.property(lists, servers, fc.boolean(), (list, [protocol, host, port], upper) => {
      inputs.count();
      const url = `${protocol}://${host.includes(":") ? `[${host}]` : host}${port === "" ? "" : `:${port}`}`;
      const own = port || (protocol === "http" ? "80" : "443");
      const direct = goesPastInGo(list, host, own) || goesPastInCurl(list, host);
      const env = { HTTP_PROXY: "p:1", HTTPS_PROXY: "p:1", [upper ? "NO_PROXY" : "no_proxy"]: list };
      const isDirect = prescribedProxy(env, url) === undefined;
      if (direct) expect({ list, url, isDirect }).toEqual({ list, url, isDirect: true });
      if (!isDirect) return;
      const [plain, name] = [withoutOrnaments(list, own), host.replace(/\.$/, "")];
      const either = goesPastInGo(plain, name, own) || goesPastInCurl(plain, name);
      expect({ list, url, either }).toEqual({ list, url, either: true });
    }),
    fuzz(500),
  );
});
