import { generateKeyPairSync } from "node:crypto";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failure, type FakeCluster, podList, startCluster, TLS } from "./support/api-server.js";

let cluster: FakeCluster;
beforeEach(async () => (cluster = await startCluster(() => ({ body: podList(["a"]) }))));
afterEach(() => cluster.close());

const base64 = (text: string | Buffer): string => Buffer.from(text).toString("base64");
const authorizations = () => cluster.asked.map(({ headers }) => headers.authorization);

describe("a user logs in", () => {
  test.each([
    ["a token", { token: "abc" }, "Bearer abc"],
    ["a name and a password", { username: "me", password: "p:ß" }, `Basic ${base64("me:p:ß")}`],
    ["nothing", {}, undefined],
  ])("with %s", async (_, user, header) => {
    await (await cluster.openAs(user)).list("pods");
    expect(authorizations()).toEqual([header]);
  });

  test("with a token in a file, which is read each time and comes before one that is written", async () => {
    await cluster.write("a-token", " first \n");
    const opened = await cluster.openAs({ tokenFile: "a-token", token: "written" });
    await opened.list("pods");
    await cluster.write("a-token", "second");
    await opened.list("pods");
    expect(authorizations()).toEqual(["Bearer first", "Bearer second"]);
  });

  test("with a certificate, in files or in the kubeconfig itself", async () => {
    const [cert, key] = await Promise.all([readFile(TLS.certFile), readFile(TLS.keyFile)]);
    const inFiles = { "client-certificate": TLS.certFile, "client-key": TLS.keyFile };
    const inside = { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
    // What stands inside comes first.
    for (const user of [inFiles, inside, { ...inside, "client-certificate": "nowhere", "client-key": "nowhere" }])
      await (await cluster.openAs(user, { cluster: { "certificate-authority-data": base64(cert) } })).list("pods");
    expect(cluster.asked.map(({ certificate }) => certificate)).toEqual([true, true, true]);
  });

  test("as somebody else, each group by itself", async () => {
    const user = { token: "t", as: "jane doe", "as-uid": "42", "as-groups": ["a,b", "system:masters"] };
    await (await cluster.openAs(user)).list("pods");
    const [asked] = cluster.asked;
    expect(asked?.all("impersonate-user")).toEqual(["jane doe"]);
    expect(asked?.all("impersonate-uid")).toEqual(["42"]);
    expect(asked?.all("impersonate-group")).toEqual(["a,b", "system:masters"]);
  });
});

test("a new token in the file is tried once where the old one is not known any more", async () => {
  const strict = await startCluster(({ headers }) =>
    headers.authorization === "Bearer new" ? { body: podList([]) } : failure(401, "Unauthorized"),
  );
  try {
    await strict.write("token", "old");
    const opened = await strict.openAs({ tokenFile: "token" });
    expect(await opened.list("pods")).toEqual({ refused: 401, verb: "list", group: "", resource: "pods" });
    expect(strict.asked).toHaveLength(1);
    await strict.write("token", "new");
    expect(await opened.list("pods")).toMatchObject({ items: [] });
  } finally {
    await strict.close();
  }
});

const OTHER_KEY = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
}).privateKey;
const ENCRYPTED = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "hunter2" },
}).privateKey;
const broken = (what: string) => base64(`-----BEGIN ${what}-----\nhunter2\n-----END ${what}-----\n`);
const data = base64;

describe("what cannot be used is named with its place, and never shown", () => {
  test.each<[string, object, string]>([
    [
      "a token with odd characters",
      { token: "hunter2 x\u0000" },
      "token in FILE is not a valid token: it is empty or contains invalid characters",
    ],
    ["a token that is a number", { token: 42 }, 'FILE:1: "token" is a number; it must be a string'],
    ["a file of a token that is not there", { tokenFile: "nowhere" }, "DIR/nowhere cannot be read (ENOENT)"],
    ["no key", { "client-certificate": TLS.certFile }, "FILE:1: client-certificate is given without client-key"],
    ["no certificate", { "client-key": TLS.keyFile }, "FILE:1: client-key is given without client-certificate"],
    [
      "another key",
      { "client-certificate": TLS.certFile, "client-key-data": data(OTHER_KEY) },
      "FILE:1: client-key is not the key of client-certificate",
    ],
    [
      "an encrypted key",
      { "client-certificate": TLS.certFile, "client-key-data": data(ENCRYPTED) },
      "FILE:1: client-key-data is encrypted",
    ],
    [
      "a broken key",
      { "client-certificate": TLS.certFile, "client-key-data": broken("PRIVATE KEY") },
      "FILE:1: client-key-data contains a key that cannot be read",
    ],
    [
      "a broken certificate",
      { "client-certificate-data": broken("CERTIFICATE"), "client-key": TLS.keyFile },
      "FILE:1: client-certificate-data contains a certificate that cannot be read",
    ],
    ["no PEM", { "client-certificate-data": "hunter2" }, "FILE:1: client-certificate-data contains no certificate"],
    ["groups of nobody", { token: "hunter2", "as-groups": ["a"] }, 'FILE:1: "as-groups" and "as-uid" need "as"'],
    [
      "an odd name",
      { token: "hunter2", as: "a\nb" },
      'FILE:1: "as", "as-uid" or "as-groups" contains characters that cannot be sent',
    ],
    ["more about somebody", { as: "a", "as-user-extra": { x: ["y"] } }, "FILE:1: as-user-extra is not supported"],
    ["a provider", { "auth-provider": { name: "gcp" } }, 'FILE:1: auth-provider "gcp" is not supported'],
    ["a provider", { "auth-provider": { config: {} } }, "FILE:1: auth-provider is not supported"],
    [
      "an old plugin",
      { exec: { apiVersion: "client.authentication.k8s.io/v1alpha1", command: "x" } },
      'FILE:1: "apiVersion" has an unknown value',
    ],
  ])("%s: %j", async (_, user, message) => {
    const error: Error = await cluster.openAs(user).then(
      (opened) =>
        opened.list("pods").then(
          () => new Error("none"),
          (failed) => failed,
        ),
      (failed) => failed,
    );
    const shown = error.message
      .replaceAll(join(cluster.directory, "kubeconfig"), "FILE")
      .replaceAll(cluster.directory, "DIR")
      .replace(/:1:\d+:/, ":1:");
    expect(shown.startsWith(message) && !/hunter2/.test(shown), shown).toBe(true);
    expect(error).toHaveProperty("hint");
    expect(cluster.asked).toEqual([]);
  });

  test.each([
    [
      "certificate-authority-data",
      broken("CERTIFICATE"),
      /certificate-authority-data contains a certificate that cannot/,
    ],
    ["certificate-authority-data", data("hunter2"), /certificate-authority-data contains no certificate/],
    ["certificate-authority", "nowhere.pem", /nowhere\.pem cannot be read \(ENOENT\)/],
    ["server", "hunter2", /server is not the URL of an API server/],
    ["server", "https://u:hunter2@127.0.0.1", /server is not the URL of an API server/],
    ["server", "file:///etc/passwd", /server is not the URL of an API server/],
    ["insecure-skip-tls-verify", "yes", /"insecure-skip-tls-verify" is a string; it must be a boolean/],
    ["proxy-url", "http://u:1/hunter2@x", /proxy-url in \S+ holds a user or password that is not percent-encoded/],
  ])("%s: %s", async (field, value, message) => {
    await expect(cluster.openAs({ token: "t" }, { cluster: { [field]: value } })).rejects.toMatchObject({
      message: expect.stringMatching(message),
    });
    await expect(cluster.openAs({ token: "t" }, { cluster: { [field]: value } })).rejects.not.toMatchObject({
      message: expect.stringMatching(/hunter2/),
    });
  });
});

test("nothing that is found shows a credential, however it is printed", async () => {
  const { inspect } = await import("node:util");
  await cluster.openAs({ token: "hunter2" });
  const access = await cluster.find({ kubeconfig: join(cluster.directory, "kubeconfig") });
  const opened = cluster.open(access);
  expect(`${inspect(access, { depth: 9 })}${JSON.stringify(access)}${inspect(opened, { depth: 9 })}`).not.toContain(
    "hunter2",
  );
});

test.skipIf(process.getuid?.() === 0)("a kubeconfig that cannot be read is named", async () => {
  const kubeconfig = await cluster.write("k", "");
  await chmod(kubeconfig, 0);
  await expect(cluster.find({ kubeconfig })).rejects.toThrow(`${kubeconfig} cannot be read (EACCES)`);
});
