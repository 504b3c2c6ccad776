import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakeCluster, kubeconfigOf, podList, startCluster, TLS } from "./support/api-server.js";

let cluster: FakeCluster;
beforeEach(async () => (cluster = await startCluster(() => ({ body: podList(["a"]) }))));
afterEach(() => cluster.close());

const entry = (name: string) => ({ name, context: { cluster: "c", user: "u" } });

describe("a cluster is found", () => {
  test("by --kubeconfig, before KUBECONFIG, before ~/.kube/config", async () => {
    const [given, listed, home] = ["given", "listed", "home"].map((namespace) =>
      kubeconfigOf(cluster.url, { token: "t" }, { context: { namespace } }),
    );
    await mkdir(join(cluster.directory, ".kube"));
    await cluster.write(".kube/config", home);
    expect(await cluster.find()).toMatchObject({
      source: "kubeconfig",
      context: "here",
      server: cluster.url,
      namespace: "home",
      files: [join(cluster.directory, ".kube/config")],
    });
    await cluster.write("listed", listed);
    const env = { HOME: cluster.directory, KUBECONFIG: ":nowhere::listed" };
    expect(await cluster.find({}, { env })).toMatchObject({ namespace: "listed", files: ["listed"] });
    await cluster.write("given", given);
    expect(await cluster.find({ kubeconfig: "given" }, { env })).toMatchObject({
      namespace: "given",
      files: ["given"],
    });
  });

  test("in several files, of which the first to give a name counts, with paths relative to each", async () => {
    await mkdir(join(cluster.directory, "sub"));
    await cluster.write("sub/token", "from-a-file\n");
    await cluster.write("sub/second", {
      "current-context": "other",
      clusters: [{ name: "c", cluster: { server: cluster.url, "certificate-authority": TLS.certFile } }],
      users: [{ name: "u", user: { tokenFile: "token" } }],
      contexts: [{ name: "other", context: {} }, entry("here")],
    });
    await cluster.write("first", { "current-context": "here", contexts: [{ name: "x", context: {} }] });
    const env = { KUBECONFIG: "first:sub/second" };
    const access = await cluster.find({}, { env });
    expect(access).toMatchObject({ context: "here", files: ["first", "sub/second"] });
    expect(await cluster.open(access).list("pods")).toMatchObject({ items: [{ metadata: { name: "a" } }] });
    expect(cluster.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer from-a-file"]);
  });

  test("in a pod, by what Kubernetes gives it", async () => {
    await cluster.write("token", "first\n");
    await cluster.write("namespace", "the-namespace");
    await copyFile(TLS.certFile, join(cluster.directory, "ca.crt"));
    const { port } = new URL(cluster.url);
    const env = { HOME: cluster.directory, KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: port };
    const pod = { env, serviceAccount: cluster.directory };
    const access = await cluster.find({}, pod);
    expect(access).toMatchObject({ source: "in-cluster", context: undefined, namespace: "the-namespace", files: [] });
    const opened = cluster.open(access);
    await opened.list("pods");
    await cluster.write("token", "second\n");
    await opened.list("pods");
    expect(cluster.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer first", "Bearer second"]);
    await expect(cluster.find({ context: "x" }, pod)).rejects.toThrow("No cluster is configured");
    const odd = { ...env, KUBERNETES_SERVICE_HOST: "evil.example.org/?" };
    await expect(cluster.find({}, { ...pod, env: odd })).rejects.toThrow("are not an address");
  });

  test.each([
    ["127.0.0.1", "https://127.0.0.1:6443"],
    ["fd00::1", "https://[fd00::1]:6443"],
    ["kubernetes.default.svc", "https://kubernetes.default.svc:6443"],
  ])("in a pod with the address %s", async (host, server) => {
    await copyFile(TLS.certFile, join(cluster.directory, "ca.crt"));
    const env = { HOME: cluster.directory, KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: "6443" };
    expect(await cluster.find({}, { env, serviceAccount: cluster.directory })).toMatchObject({
      server,
      namespace: undefined,
    });
  });
});

describe("what is missing is said, with what there is", () => {
  const hintOf = (promise: Promise<unknown>) =>
    promise.then(
      () => "no error",
      (error) => `${error.message}\n${error.hint}`,
    );

  test("no cluster at all", async () => {
    expect(await hintOf(cluster.find())).toBe(
      `No cluster is configured: ${join(cluster.directory, ".kube/config")} does not exist\n` +
        "Give a kubeconfig with --kubeconfig FILE or KUBECONFIG.",
    );
    expect(await hintOf(cluster.find({}, { env: { KUBECONFIG: "a:b" } }))).toBe(
      "No file in KUBECONFIG exists: a, b\nCorrect it, or unset KUBECONFIG.",
    );
    expect(await hintOf(cluster.find({ kubeconfig: "a" }))).toBe("a cannot be read (ENOENT)\nCheck --kubeconfig.");
  });

  test("an unknown context, with the nearest and all", async () => {
    const kubeconfig = await cluster.write("k", { contexts: ["prod", "int", "\u001b[31m"].map(entry) });
    expect(await hintOf(cluster.find({ kubeconfig, context: "prd" }))).toBe(
      `There is no context "prd" in ${kubeconfig}\nDid you mean "prod"? Contexts: prod, int, \\u{1b}[31m.`,
    );
    expect(await hintOf(cluster.find({ kubeconfig }))).toBe(
      `No current context is set in ${kubeconfig}\nChoose one with --context NAME. Contexts: prod, int, \\u{1b}[31m.`,
    );
    const many = await cluster.write("k", { contexts: Array.from({ length: 30 }, (_, n) => entry(`c${n}`)) });
    expect(await hintOf(cluster.find({ kubeconfig: many }))).toMatch(/ c19, and 10 more\.$/);
    const none = await cluster.write("k", "");
    expect(await hintOf(cluster.find({ kubeconfig: none, context: "x" }))).toMatch(/\nThere are none\.$/);
  });

  test("a context whose cluster or user is nowhere", async () => {
    const kubeconfig = await cluster.write("k", {
      clusters: [{ name: "d", cluster: { server: cluster.url } }],
      contexts: [entry("a"), { name: "b", context: { cluster: "d", user: "u" } }],
    });
    expect(await hintOf(cluster.find({ kubeconfig, context: "a" }))).toMatch(
      /k:1:\d+: the context "a" names "c", which is not in clusters\n/,
    );
    expect(await hintOf(cluster.find({ kubeconfig, context: "b" }))).toMatch(
      /k:1:\d+: the context "b" names "u", which is not in users\n/,
    );
  });
});

test("the proxy of a cluster is used, and one of another kind is refused", async () => {
  const proxied = (proxy: string) => cluster.openAs({ token: "t" }, { cluster: { "proxy-url": proxy } });
  await expect((await proxied("http://127.0.0.1:1")).list("pods")).rejects.toThrow(
    "The proxy 127.0.0.1:1 cannot be reached (ECONNREFUSED)",
  );
  await expect(proxied("socks5://u:hunter2@127.0.0.1:1")).rejects.toMatchObject({
    message: expect.stringMatching(/^proxy-url in \S+ is not the URL of an HTTP proxy$/),
    hint: expect.stringContaining("Other kinds of proxy, such as SOCKS, are not supported."),
  });
});

test("HTTPS_PROXY and NO_PROXY hold for a cluster, too", async () => {
  const kubeconfig = await cluster.write("k", kubeconfigOf("https://cluster.test", { token: "t" }));
  const opened = async (env: Record<string, string>) =>
    cluster.open(await cluster.find({ kubeconfig }, { env: { HTTPS_PROXY: "http://127.0.0.1:1", ...env } }));
  await expect((await opened({})).list("pods")).rejects.toThrow("The proxy 127.0.0.1:1 cannot be reached");
  const direct = (await opened({ NO_PROXY: "cluster.test" })).list("pods");
  await expect(direct).rejects.toThrow(/^Cannot reach Kubernetes at https:\/\/cluster\.test \((ENOTFOUND|EAI_AGAIN)\)/);
});

test("a server without TLS gets no credential, and is warned of", async () => {
  const kubeconfig = await cluster.write("k", kubeconfigOf("http://192.0.2.1", { token: "t" }));
  const { login } = (await cluster.find({ kubeconfig })).connection();
  expect(await login.identify()).toEqual({ headers: {} });
  expect(cluster.warned).toEqual(["connection-not-encrypted"]);
});

describe("who answers is checked", () => {
  test("by the authority of the kubeconfig alone", async () => {
    const own = { "certificate-authority": undefined };
    await expect((await cluster.openAs({ token: "t" }, { cluster: own })).list("pods")).rejects.toMatchObject({
      message: `Cannot reach Kubernetes at ${cluster.url} (DEPTH_ZERO_SELF_SIGNED_CERT)`,
      hint: expect.stringMatching(
        /Give its CA certificate with certificate-authority in \S+, or check server of the context "[^"]+" in /,
      ),
    });
    expect(cluster.asked).toEqual([]);
  });

  test("by the name that tls-server-name gives", async () => {
    const opened = await cluster.openAs({ token: "t" }, { cluster: { "tls-server-name": "kubernetes" } });
    await expect(opened.list("pods")).rejects.toThrow("(ERR_TLS_CERT_ALTNAME_INVALID)");
    expect(cluster.asked).toEqual([]);
  });

  test("unless insecure-skip-tls-verify is set, which is warned of", async () => {
    const opened = await cluster.openAs({ token: "t" }, { cluster: { "insecure-skip-tls-verify": true } });
    expect(await opened.list("pods")).toMatchObject({ resourceVersion: "7" });
    expect(cluster.warned).toEqual(["cluster-verification-skipped"]);
  });
});
