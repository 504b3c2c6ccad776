import { lineOf } from "../src/render/diagnostic.js";
import { afterEach, describe, expect, test } from "vitest";
import {
  type DevConnect,
  type DevConnectItem,
  type DevConnectVault,
  startDevConnect,
} from "./support/dev-connect/index.js";
import type { PhalanxError } from "../src/errors.js";
import { openTransport } from "../src/http/transport.js";
import type { Environment } from "../src/model/environment.js";
import type { StaticSecrets } from "../src/model/static-secrets.js";
import { createEmptyItem } from "../src/sources/onepassword/create.js";
import { readOnepassword } from "../src/sources/onepassword/read.js";
import { openVault } from "../src/sources/onepassword/vault.js";
import { type Fate, type ProxiedRequest, startProxy } from "./support/proxy.js";

const TITLE = "Secrets of test";
const CONNECT = { name: "1Password Connect", setting: "onepassword.connectUrl", authority: "NODE_EXTRA_CA_CERTS" };
const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

/** An environment that needs the given keys of each application; `base64:` before a key means that it is encoded. */
function environmentOf(needs: Readonly<Record<string, readonly string[]>>): Environment {
  const applications = Object.entries(needs).map(([name, keys]) => {
    const secrets = keys.map((text) => {
      const key = text.replace(/^base64:/, "");
      return [key, { application: name, key, kind: "static", description: "x", encoded: key !== text }] as const;
    });
    return [name, { name, secrets: new Map(secrets), notRequired: new Map() }] as const;
  });
  return {
    name: "test",
    vault: { url: "http://127.0.0.1:1", mount: "secret", path: "test" },
    onepassword: undefined,
    applications: new Map(applications),
    disabled: new Set(),
    siblings: () => [],
  };
}

interface Options {
  readonly vaults?: readonly DevConnectVault[];
  readonly items?: readonly DevConnectItem[];
  readonly title?: string;
  readonly exclude?: readonly string[];
  readonly decide?: (request: ProxiedRequest, count: number) => Fate | Promise<Fate>;
}

interface Scene {
  readonly connect: DevConnect;
  readonly waits: readonly number[];
  readonly paths: () => readonly string[];
  readonly read: (environment: Environment) => Promise<StaticSecrets>;
  /** What is said of them although they work. */
  readonly said: (environment: Environment) => Promise<readonly string[]>;
  readonly vault: () => ReturnType<typeof openVault>;
}

async function openScene({ vaults, items = [], title = TITLE, exclude, decide }: Options): Promise<Scene> {
  const connect = await startDevConnect({ vaults: vaults ?? [{ title, items }] });
  let count = 0;
  const proxy = await startProxy(connect.url, (request) => decide?.(request, (count += 1)) ?? "pass");
  const transport = await openTransport({ server: CONNECT, url: proxy.url, maxConnections: 8, timeout: 5000 });
  open.push(connect, proxy, transport);
  const waits: number[] = [];
  const session = {
    url: proxy.url,
    transport: transport.request,
    token: connect.token,
    now: () => new Date("2026-01-01T00:00:00Z"),
    sleep: (milliseconds: number) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
  };
  return {
    connect,
    waits,
    paths: () => proxy.requests.map(({ path }) => decodeURIComponent(path).replaceAll(/[a-z0-9]{26}/g, "ID")),
    vault: () => openVault(session, title),
    said: async (environment) =>
      (await readOnepassword(session, environment, title, new Set(exclude ?? []))).warnings.map(lineOf),
    read: async (environment) =>
      (await readOnepassword(session, environment, title, new Set(exclude ?? []))).staticSecrets,
  };
}

async function problemsOf(result: Promise<unknown>): Promise<string[]> {
  const error = await result.then(
    () => undefined,
    (thrown: PhalanxError) => thrown,
  );
  if (error === undefined) throw new Error("there was nothing wrong");
  return error.problems.length > 0 ? error.problems.map(lineOf) : [error.message];
}

function values({ applications }: StaticSecrets): Record<string, Record<string, string>> {
  return Object.fromEntries(
    [...applications].map(([name, secrets]) => [
      name,
      Object.fromEntries([...secrets].map(([key, value]) => [key, value.reveal()])),
    ]),
  );
}

const field = (label: string, value: string, section?: string) => ({
  label,
  value,
  ...(section === undefined ? {} : { section }),
});

const client = (name: string) => [
  field("id", `${name}-id`, name),
  field("secret", "s", name),
  field("return_uri", "u", name),
];

describe("reading a 1Password vault", () => {
  test("takes one look-up, one list, and one request for each needed item", async () => {
    const { read, paths } = await openScene({
      items: [
        { title: "a", fields: [field("k", "1"), field("superfluous", "2")] },
        { title: "b", fields: [field("k", "3")] },
        { title: "excluded", fields: [field("k", "4")] },
        { title: "unrelated", fields: [field("k", "5")] },
        { title: "vault-write-token", fields: [field("vault-token", "6")] },
        { title: "a", state: "ARCHIVED", fields: [field("k", "old")] },
        { title: "oidc-clients", state: "ARCHIVED" },
      ],
      exclude: ["excluded", "pull-secret"],
    });
    const secrets = await read(environmentOf({ a: ["k"], b: ["k"], excluded: ["k"], none: [] }));
    expect(values(secrets)).toEqual({ a: { k: "1" }, b: { k: "3" } });
    expect(secrets.vaultWriteToken?.reveal()).toBe("6");
    expect(paths()).toEqual([
      `vaults?filter=name eq "${TITLE}"`,
      "vaults/ID/items",
      "vaults/ID/items/ID",
      "vaults/ID/items/ID",
      "vaults/ID/items/ID",
    ]);
    expect(Object.fromEntries(secrets.itemVersions ?? [])).toEqual({ a: 1, b: 1, "vault-write-token": 1 });
  });

  test("asks below the path of connectUrl", async () => {
    const proxy = await startProxy("http://127.0.0.1:1", () => ({ status: 200, body: "[]" }));
    const url = `${proxy.url}/1password`;
    const transport = await openTransport({ server: CONNECT, url, maxConnections: 8, timeout: 5000 });
    open.push(proxy, transport);
    const session = { url, transport: transport.request, token: "t", now: () => new Date(), sleep: async () => {} };
    await expect(openVault(session, TITLE)).rejects.toThrow(/has no vault/);
    expect(proxy.requests.map(({ path }) => path.replace(/\?.*/, ""))).toEqual(["/1password/v1/vaults"]);
  });

  test("has at most eight requests under way", async () => {
    let [now, most] = [0, 0];
    const names = Array.from({ length: 30 }, (_, i) => `app${i}`);
    const { read } = await openScene({
      items: names.map((title) => ({ title, fields: [field("k", title)] })),
      decide: async () => {
        most = Math.max(most, (now += 1));
        await new Promise((done) => void setImmediate(() => setImmediate(done)));
        now -= 1;
        return "pass" as const;
      },
    });
    await read(environmentOf(Object.fromEntries(names.map((name) => [name, ["k"]]))));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  test("works with any characters in titles and labels", async () => {
    const odd = 'a "b" \\ \\" / . % & ? # + 中文 😀 é\u0301';
    const { read } = await openScene({
      title: odd,
      items: [
        { title: odd, fields: [field(odd, odd), field("__proto__", "p")] },
        { title: "__proto__", fields: [field("constructor", "c")] },
      ],
    });
    const secrets = await read(environmentOf({ [odd]: [odd, "__proto__"], ["__proto__"]: ["constructor"] }));
    expect(secrets.applications.get(odd)?.get(odd)?.reveal()).toBe(odd);
    expect(secrets.applications.get(odd)?.get("__proto__")?.reveal()).toBe("p");
    expect(secrets.applications.get("__proto__")?.get("constructor")?.reveal()).toBe("c");
  });

  test.each<[string, DevConnectVault[], RegExp]>([
    ["none", [{ title: "Secrets of tset" }], / has no vault "Secrets of test"$/],
    ["several", [{ title: TITLE }, { title: TITLE }], / has 2 vaults "Secrets of test"$/],
    ["one out of scope", [{ title: TITLE, outOfScope: true }], / has no vault "Secrets of test"$/],
  ])("needs exactly one vault of the title, not %s", async (_, vaults, message) => {
    const { read } = await openScene({ vaults });
    await expect(read(environmentOf({}))).rejects.toThrow(message);
  });

  test("an empty field is a value that is not known", async () => {
    const items = [{ title: "a", fields: [field("k", ""), field("e", "")] }];
    const { read } = await openScene({ items });
    expect(values(await read(environmentOf({ a: ["k", "base64:e"] })))).toEqual({ a: {} });
  });

  test("names everything that is missing, in order", async () => {
    const { read } = await openScene({
      items: [{ title: "b" }, { title: "c", state: "ARCHIVED" }, { title: "d", fields: [field("y", "1")] }],
    });
    await expect(read(environmentOf({ d: ["z", "y", "x"], c: ["k"], b: ["k"], a: ["k", "l"] }))).rejects.toMatchObject({
      message: "Missing 1Password items or fields: a, b k, c, d x, d z",
      exitCode: 2,
    });
  });

  test("takes a value that several fields of its label agree on, or that stands beside empty ones", async () => {
    const { read } = await openScene({
      items: [
        {
          title: "a",
          fields: [
            field("k", "1"),
            field("k", "1", "S"),
            field("l", ""),
            field("l", "2"),
            field("m", ""),
            field("m", ""),
          ],
        },
      ],
    });
    expect(values(await read(environmentOf({ a: ["k", "l", "m"] })))).toEqual({ a: { k: "1", l: "2" } });
  });

  test("names titles and labels that differ in case or white space only", async () => {
    const { read } = await openScene({
      items: [
        { title: "Wiki ", fields: [field("k", "1")] },
        { title: "b", fields: [field("Mail-Password ", "hunter2"), field("K", "x")] },
      ],
    });
    await expect(read(environmentOf({ wiki: ["k"], b: ["mail-password", "K", "k"] }))).rejects.toMatchObject({
      message:
        'Missing 1Password items or fields: b k, b mail-password (there is "Mail-Password "), wiki (there is "Wiki ")',
    });
  });

  test("says what was left out of it, and what was not taken", async () => {
    const { said } = await openScene({
      items: [
        { title: "a", fields: [field("k", "\uFEFFx"), field("l", "x\uFEFF")] },
        { title: "oidc-clients", fields: [{ label: "notesPlain", value: "n", purpose: "NOTES" }] },
        { title: "pull-secret ", fields: [field("username", "u", "h")] },
        { title: "vault-write-token", fields: [field("Vault-Token", "t")] },
      ],
    });
    expect((await said(environmentOf({ a: ["k", "l"] }))).toSorted()).toEqual([
      '1Password has no item "pull-secret", and its item "pull-secret " is not used',
      '1Password item "a": its field "k" begins with a byte order mark, which was ignored',
      '1Password item "oidc-clients" holds only notes, and is treated as missing',
      '1Password item "vault-write-token" has no field "vault-token" (there is "Vault-Token"); the item is not used',
    ]);
  });

  test("says what no program is likely to want so, after it was decoded", async () => {
    const pem = "-----BEGIN PRIVATE KEY-----\nfake\n-----END PRIVATE KEY-----\n";
    const base64 = (text: string): string => `${Buffer.from(text).toString("base64")}\n`;
    const { said, read } = await openScene({
      items: [
        {
          title: "a",
          fields: [
            field("newline", "hunter2\n"),
            field("encoded", base64("hunter2\n")),
            field("pem", pem.trim().replaceAll("\n", " ")),
            field("encoded-pem", base64(pem.trim().replaceAll("\n", " "))),
            field("fine", "hunter2"),
            field("fine-pem", base64(pem)),
          ],
        },
        { title: "oidc-clients", fields: client("wiki").map((each) => ({ ...each, value: `${each.value}\n` })) },
        {
          title: "pull-secret",
          fields: [field("username", "\uFEFFu", "ghcr.io"), field("password", "hunter2\n", "ghcr.io")],
        },
        { title: "vault-write-token", fields: [field("vault-token", "hunter2\n")] },
      ],
    });
    const needs = environmentOf({
      a: ["newline", "base64:encoded", "pem", "base64:encoded-pem", "fine", "base64:fine-pem"],
    });
    expect(await said(needs)).toEqual([
      '1Password item "a": its field "newline" ends in a newline',
      '1Password item "a": its field "encoded" ends in a newline',
      '1Password item "a": its field "pem" is a PEM on one line, which most programs cannot read',
      '1Password item "a": its field "encoded-pem" is a PEM on one line, which most programs cannot read',
      '1Password item "oidc-clients", section "wiki": its field "id" ends in a newline',
      '1Password item "oidc-clients", section "wiki": its field "secret" ends in a newline',
      '1Password item "oidc-clients", section "wiki": its field "return_uri" ends in a newline',
      '1Password item "pull-secret", section "ghcr.io": its field "username" begins with a byte order mark, which was ignored',
      '1Password item "pull-secret", section "ghcr.io": its field "password" ends in a newline',
      '1Password item "vault-write-token": its field "vault-token" ends in a newline',
    ]);
    expect((await read(needs)).registries?.get("ghcr.io")?.username).toBe("u");
    expect(values(await read(needs))["a"]).toMatchObject({ newline: "hunter2\n", encoded: "hunter2\n" });
  });

  test("leaves a byte order mark out of clients and registries, too", async () => {
    const clients = [field("id", "\uFEFFi", "c"), field("secret", "\uFEFFs", "c"), field("return_uri", "u", "c")];
    const passwords = [field("username", "u", "h"), field("password", "\uFEFFp", "h")];
    const { read, said } = await openScene({
      items: [
        { title: "oidc-clients", fields: clients },
        { title: "pull-secret", fields: passwords },
      ],
    });
    const { oidcClients, registries } = await read(environmentOf({}));
    const [client, registry] = [oidcClients.get("c"), registries.get("h")];
    expect([client?.id, client?.secret.reveal(), registry?.password.reveal()]).toEqual(["i", "s", "p"]);
    expect((await said(environmentOf({}))).toSorted()).toEqual(
      [
        'oidc-clients", section "c": its field "id',
        'oidc-clients", section "c": its field "secret',
        'pull-secret", section "h": its field "password',
      ].map((place) => `1Password item "${place}" begins with a byte order mark, which was ignored`),
    );
  });

  test("takes neither of two items or of two fields that differ", async () => {
    const { read, paths } = await openScene({
      items: [
        { title: "a", fields: [field("k", "1")] },
        { title: "a", fields: [field("k", "1")] },
        { title: "b", fields: [field("k", "1"), field("k", "2", "Section"), field("l", "1"), field("l", "2")] },
      ],
    });
    expect(await problemsOf(read(environmentOf({ a: ["k"], b: ["k"] })))).toEqual([
      '1Password has 2 items "a"',
      '1Password item "b" has 2 fields "k" with different values',
    ]);
    expect(paths()).toHaveLength(3);
  });
});

describe("a field in base64", () => {
  const malformed = "Value of secret a/k is malformed: value could not be base64-decoded to a valid secret string";

  test.each([
    ["aGVsbG8=", "hello"],
    [" aGVs\n\tbG8=\r\n", "hello"],
    ["4pij8J+YgA==", "☣😀"],
    ["77u/eA==", "x"],
  ])("%j is %j", async (value, text) => {
    const { read } = await openScene({ items: [{ title: "a", fields: [field("k", value)] }] });
    expect(values(await read(environmentOf({ a: ["base64:k"] })))).toEqual({ a: { k: text } });
  });

  test.each(["aGVsbG8", "aGVsbG8=!", "a-_b", "aGVs=bG8", "hello world", "/w==", "7aCA", "====", "aGVs\u00a0bG8="])(
    "%j is an error",
    async (value) => {
      const { read } = await openScene({ items: [{ title: "a", fields: [field("k", value)] }] });
      expect(await problemsOf(read(environmentOf({ a: ["base64:k"] })))).toEqual([malformed]);
    },
  );
});

describe("an item with sections", () => {
  test("gives clients and registries, in the order of their first field, sections of one label merged", async () => {
    const { read } = await openScene({
      items: [
        {
          title: "oidc-clients",
          fields: [...client("b"), ...client("__proto__"), field("notes", "n", "b"), field("other", "x")],
        },
        {
          title: "pull-secret",
          fields: [
            field("username", "u1", "10"),
            field("username", "u2", "z.example.org"),
            field("password", "p3", "9"),
            field("password", "p1", "10"),
            field("username", "u3", "9"),
            field("password", "p2", "z.example.org"),
          ],
        },
      ],
    });
    const { oidcClients, registries } = await read(environmentOf({}));
    expect([...oidcClients].map(([name, { id, returnUri }]) => [name, id, returnUri])).toEqual([
      ["b", "b-id", "u"],
      ["__proto__", "__proto__-id", "u"],
    ]);
    expect([...registries].map(([host, { username, password }]) => [host, username, password.reveal()])).toEqual([
      ["10", "u1", "p1"],
      ["z.example.org", "u2", "p2"],
      ["9", "u3", "p3"],
    ]);
  });

  test("is explained where it is wrong", async () => {
    const { read } = await openScene({
      items: [
        { title: "oidc-clients", fields: [...client("a").slice(1), field("secret", "t", "a"), field("id", "i")] },
        {
          title: "pull-secret",
          fields: [field("username", "u", ""), field("username", "u", "h"), field("password", "", "h")],
        },
      ],
    });
    expect(await problemsOf(read(environmentOf({})))).toEqual([
      '1Password item "oidc-clients": its field "id" is not in a section with a title',
      '1Password item "oidc-clients", section "a": its field "id" is missing or empty',
      '1Password item "oidc-clients", section "a", has 2 fields "secret" with different values',
      '1Password item "pull-secret": its field "username" is not in a section with a title',
      '1Password item "pull-secret", section "h": its field "password" is missing or empty',
    ]);
  });

  test("takes a value that several fields of a section agree on", async () => {
    const fields = [...client("a"), field("secret", "s", "a"), field("id", "", "a")];
    const { read } = await openScene({ items: [{ title: "oidc-clients", fields }] });
    const { oidcClients } = await read(environmentOf({}));
    expect(oidcClients.get("a")).toMatchObject({ id: "a-id", returnUri: "u" });
  });

  test("names labels that differ in case or white space only", async () => {
    const fields = [field("Username", "u", "h"), field("password ", "hunter2", "h"), field("PASSWORD", "x")];
    const { read } = await openScene({ items: [{ title: "pull-secret", fields }] });
    expect(await problemsOf(read(environmentOf({})))).toEqual([
      '1Password item "pull-secret", section "h": its field "username" is missing or empty (there is "Username")',
      '1Password item "pull-secret", section "h": its field "password" is missing or empty (there is "password ")',
    ]);
  });

  test("with nothing but notes is none", async () => {
    const notes = { label: "notesPlain", value: "See the wiki.", purpose: "NOTES" as const };
    const { read } = await openScene({
      items: [
        { title: "oidc-clients", fields: [notes] },
        { title: "pull-secret", fields: [notes, { label: "username", value: "", purpose: "USERNAME" }] },
      ],
    });
    const { oidcClients, registries } = await read(environmentOf({}));
    expect([oidcClients.size, registries.size]).toEqual([0, 0]);
  });

  test("without any field is no proof that there is nothing", async () => {
    const { read } = await openScene({
      items: [{ title: "oidc-clients" }, { title: "pull-secret", fields: [field("note", "x", "h")] }],
    });
    expect(await problemsOf(read(environmentOf({})))).toEqual([
      '1Password item "oidc-clients" has none of the fields "id", "secret", "return_uri"',
      '1Password item "pull-secret" has none of the fields "username", "password"',
    ]);
  });
});

describe("a server that fails", () => {
  const items = [{ title: "a", fields: [field("k", "hunter2")] }];
  const needs = environmentOf({ a: ["k"] });
  const fail = (status: number, body = "{}", headers?: Record<string, string>): Fate => ({
    status,
    body,
    ...(headers === undefined ? {} : { headers }),
  });
  const json = { "content-type": "application/json" };

  test.each<[string, Fate]>([
    ["500", fail(500)],
    ["502 with a page", fail(502, "<html>")],
    ["408", fail(408)],
    ["a cut connection", "reset-before"],
    ["a lost answer", "reset-after"],
    ["half an answer", "cut"],
  ])("is asked again after %s", async (_, fate) => {
    const { read, waits } = await openScene({ items, decide: (_request, count) => (count <= 3 ? fate : "pass") });
    expect(values(await read(needs))).toEqual({ a: { k: "hunter2" } });
    expect(waits).toEqual([200, 400, 800]);
  });

  test.each<[string, Fate, RegExp]>([
    ["500", fail(500, '{"message": "hunter2"}'), /^Reading the item "a" failed at .*: status 500$/],
    ["429", fail(429), /has had too many requests \(429\)$/],
    ["a cut connection", "reset-before", /^Cannot reach 1Password Connect at .* \(ECONNRESET\)$/],
  ])("is given up after four times %s", async (_, fate, message) => {
    const { read, paths } = await openScene({
      items,
      decide: ({ path }) => (/items\/./.test(path) ? fate : "pass"),
    });
    await expect(read(needs)).rejects.toThrow(message);
    expect(paths()).toHaveLength(2 + 4);
  });

  test.each([
    ["7", 7000],
    ["Thu, 01 Jan 2026 00:00:09 GMT", 9000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["-1", 200],
    ["soon", 200],
  ])("is asked again when Retry-After says so: %s", async (header, wait) => {
    const { read, waits } = await openScene({
      items,
      decide: (_request, count) => (count === 1 ? fail(429, "", { "retry-after": header }) : "pass"),
    });
    expect(values(await read(needs))).toEqual({ a: { k: "hunter2" } });
    expect(waits).toEqual([wait]);
  });

  test("is not waited for for an hour", async () => {
    const { read, waits } = await openScene({ items, decide: () => fail(429, "", { "retry-after": "3600" }) });
    await expect(read(needs)).rejects.toThrow(/asks clients to wait 3600 seconds$/);
    expect(waits).toEqual([]);
  });

  test.each<[string, Fate, RegExp]>([
    ["401", fail(401), /does not accept the token: it is not valid or has expired$/],
    ["403", fail(403), /^Reading the item "a" is not permitted at/],
    ["404 for an item that was listed", fail(404), /^Reading the item "a" failed at .*: status 404$/],
    ["a redirect", fail(307, "", { location: "http://127.0.0.1:1/" }), /answers with a redirect \(307\)/],
    ["a page", fail(200, "<html>hunter2"), /is not JSON$/],
    ["another shape", fail(200, '["hunter2"]', json), /for the item "a" does not come from 1Password Connect$/],
    ["something without fields", fail(200, '{"status": 500}', json), /does not come from 1Password Connect$/],
    ["another item", fail(200, '{"id": "a"}', json), /does not come from 1Password Connect$/],
    [
      "another kind of value",
      fail(200, '{"fields": [{"label": "k", "value": 5}]}', json),
      /does not come from 1Password/,
    ],
    ["no content", fail(204, ""), /status 204$/],
  ])("is believed at once with %s", async (_, fate, message) => {
    const { read, waits } = await openScene({ items, decide: ({ path }) => (/items\/./.test(path) ? fate : "pass") });
    const error = await read(needs).catch((thrown: PhalanxError) => thrown);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as string, exitCode: 2 });
    expect(JSON.stringify([error, (error as PhalanxError).hint])).not.toContain("hunter2");
    expect(waits).toEqual([]);
  });

  test("creates no item twice, unless it says that it did nothing", async () => {
    const lost = await openScene({ decide: ({ method }) => (method === "POST" ? "reset-after" : "pass") });
    // The list shows that it was made.
    await createEmptyItem(await lost.vault(), "a", ["k"]);
    expect((await lost.vault()).items.get("a")).toHaveLength(1);

    const busy = await openScene({
      decide: ({ method }, count) => (method === "POST" && count < 7 ? fail(429, "", { "retry-after": "1" }) : "pass"),
    });
    await createEmptyItem(await busy.vault(), "a", ["k"]);
    expect((await busy.vault()).items.get("a")).toHaveLength(1);
    expect(busy.waits).toEqual([1000, 1000]);

    const said: Fate[] = [fail(429, "", { "retry-after": "1" }), fail(500), fail(502), fail(200, "{}", json)];
    for (const fate of said) {
      const done = await openScene({
        decide: ({ method }) => (method === "POST" && typeof fate === "object" ? { ...fate, applied: true } : "pass"),
      });
      await createEmptyItem(await done.vault(), "a", ["k"]);
      expect((await done.vault()).items.get("a")).toHaveLength(1);
    }
  });

  test.each<[string, Fate]>([
    ["500", fail(500)],
    ["503", fail(503, "", { "retry-after": "1" })],
    ["a lost connection", "reset-before"],
    ["200 and nothing", fail(200, "{}", json)],
    ["200 and another item", fail(200, '{"id":"x","title":"b"}', json)],
    ["200 and a page", fail(200, "<html>")],
  ])("says that nobody knows whether an item was created: %s", async (_, fate) => {
    let posts = 0;
    const scene = await openScene({ decide: ({ method }) => (method === "POST" ? ((posts += 1), fate) : "pass") });
    await expect(createEmptyItem(await scene.vault(), "a", ["k"])).rejects.toMatchObject({
      message: expect.stringMatching(/; whether the item "a" was created is unknown$/),
      exitCode: 1,
    });
    expect(posts).toBe(1);
  });

  test("is told of a value that is not well-formed text", async () => {
    const { read } = await openScene({ items: [{ title: "a", fields: [{ label: "k", value: "a\uD800b" }] }] });
    await expect(read(environmentOf({ a: ["k"] }))).rejects.toMatchObject({
      message: expect.stringContaining('1Password item "a": its field "k" is not well-formed text'),
      exitCode: 2,
    });
  });
});
