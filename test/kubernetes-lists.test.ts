import { afterEach, describe, expect, test } from "vitest";
import type { ResourceKind } from "../src/kubernetes/kinds.js";
import { SecretValue } from "../src/model/secret-value.js";
import { failure, type FakeCluster, type Given, type Handle, podList, startCluster } from "./support/api-server.js";

let cluster: FakeCluster | undefined;
afterEach(async () => {
  await cluster?.close();
  cluster = undefined;
});

async function opened(handle: Handle) {
  cluster = await startCluster(handle);
  const api = await cluster.openAs({ token: "t" });
  return { api, cluster, paths: () => (cluster?.asked ?? []).map(({ path }) => path) };
}

/** What an API server says of a path that it does not know. */
const UNKNOWN: Given = { status: 404, body: "404 page not found\n", headers: { "content-type": "text/plain" } };
const EXPIRED = failure(410, "Expired");
const groups = (...names: readonly string[]) => ({
  body: {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: names.map((name) => {
      const [group, version] = name.split("/");
      return { name: group, versions: [{ groupVersion: name, version }] };
    }),
  },
});
const resources = (...names: readonly string[]) => ({
  body: { kind: "APIResourceList", apiVersion: "v1", resources: names.map((name) => ({ name })) },
});
const DATE = "Sat, 01 Aug 2026 12:00:00 GMT";

describe("a list", () => {
  test("is read page by page, as it was when the first was answered", async () => {
    const { api, paths } = await opened(({ path }, count) =>
      count === 1
        ? { body: podList(["a", "b"], { continue: "x=&/ü" }), headers: { date: DATE } }
        : path.includes("continue=x%3D%26%2F%C3%BC")
          ? { body: podList(["c"], { continue: "" }) }
          : "cut",
    );
    const listed = await api.list("pods", "ns");
    expect(listed).toMatchObject({ at: new Date(DATE), resourceVersion: "7" });
    expect(listed).toHaveProperty(
      "items",
      ["a", "b", "c"].map((name) => ({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "ns" } })),
    );
    expect(paths()).toEqual([
      "/api/v1/namespaces/ns/pods?limit=500",
      "/api/v1/namespaces/ns/pods?limit=500&continue=x%3D%26%2F%C3%BC",
    ]);
  });

  test("begins anew where the server has forgotten it, once", async () => {
    const { api, paths } = await opened((_, count) =>
      count === 2 ? EXPIRED : { body: podList([`a${count}`], count < 4 ? { continue: `p${count}` } : {}) },
    );
    expect(await api.list("pods")).toMatchObject({
      items: [{ metadata: { name: "a3" } }, { metadata: { name: "a4" } }],
    });
    expect(paths().map((path) => path.split("?")[1])).toEqual([
      "limit=500",
      "limit=500&continue=p1",
      "limit=500",
      "limit=500&continue=p3",
    ]);
  });

  test("that the server keeps forgetting is an error", async () => {
    const { api, paths } = await opened(({ path }) =>
      path.includes("continue") ? EXPIRED : { body: podList([], { continue: "p" }) },
    );
    await expect(api.list("pods")).rejects.toThrow(
      /^The list of pods from Kubernetes at \S+ expired twice before it was complete$/,
    );
    expect(paths()).toHaveLength(4);
  });

  test("without objects may be null", async () => {
    const { api } = await opened(() => ({ body: { ...podList([]), items: null } }));
    expect(await api.list("pods")).toMatchObject({ items: [] });
  });

  test("has at most eight requests under way", async () => {
    let [now, most] = [0, 0];
    const waiting: (() => void)[] = [];
    const { api } = await opened(async () => {
      most = Math.max(most, (now += 1));
      // The eighth lets all go on; nothing comes before it.
      if (most < 8) await new Promise<void>((go) => waiting.push(go));
      else for (const go of waiting.splice(0)) go();
      now -= 1;
      return { body: podList([]) };
    });
    await Promise.all(Array.from({ length: 40 }, () => api.list("pods")));
    expect(most).toBe(8);
  });
});

test.each<[Exclude<ResourceKind, "secrets">, string, string]>([
  ["pods", "/api/v1/", "Pod"],
  ["serviceaccounts", "/api/v1/", "ServiceAccount"],
  ["deployments", "/apis/apps/v1/", "Deployment"],
  ["statefulsets", "/apis/apps/v1/", "StatefulSet"],
  ["daemonsets", "/apis/apps/v1/", "DaemonSet"],
  ["replicasets", "/apis/apps/v1/", "ReplicaSet"],
  ["jobs", "/apis/batch/v1/", "Job"],
  ["cronjobs", "/apis/batch/v1/", "CronJob"],
  ["vaultsecrets", "/apis/ricoberger.de/v1alpha1/", "VaultSecret"],
  ["externalsecrets", "/apis/external-secrets.io/v1/", "ExternalSecret"],
  ["secretstores", "/apis/external-secrets.io/v1/", "SecretStore"],
  ["vaultstaticsecrets", "/apis/secrets.hashicorp.com/v1beta1/", "VaultStaticSecret"],
])("%s are asked for at %s", async (resource, path, kind) => {
  const apiVersion = path.replace(/^\/apis?\//, "").replace(/\/$/, "");
  const metadata = { name: "a", namespace: "ns" };
  const { api, paths } = await opened((asked) =>
    asked.path.includes("limit")
      ? { body: { apiVersion, kind: `${kind}List`, metadata: { resourceVersion: "1" }, items: [{ metadata }] } }
      : { body: { apiVersion, kind, metadata }, headers: { date: DATE } },
  );
  expect(await api.list(resource)).toMatchObject({ items: [{ apiVersion, kind, metadata }] });
  expect(await api.get(resource, "ns", "a")).toEqual({ object: { apiVersion, kind, metadata }, at: new Date(DATE) });
  expect(paths()).toEqual([`${path}${resource}?limit=500`, `${path}namespaces/ns/${resource}/a`]);
});

test("what is in no namespace is asked for without one", async () => {
  const { api, paths } = await opened(({ path }) => {
    const kind = path.includes("stores") ? "ClusterSecretStore" : "Namespace";
    const apiVersion = path.includes("stores") ? "external-secrets.io/v1" : "v1";
    return { body: { apiVersion, kind, metadata: { name: path.split("/").at(-1), uid: "1" } } };
  });
  expect(await api.get("namespaces", undefined, "kube-system")).toMatchObject({ object: { metadata: { uid: "1" } } });
  expect(await api.get("clustersecretstores", undefined, "vault")).toHaveProperty("object");
  expect(paths()).toEqual(["/api/v1/namespaces/kube-system", "/apis/external-secrets.io/v1/clustersecretstores/vault"]);
});

describe("what is not there", () => {
  test("is an object that the server does not have", async () => {
    const { api } = await opened(() => failure(404, "NotFound", { name: "a", kind: "pods" }));
    expect(await api.get("pods", "ns", "a")).toBe("absent");
    expect(await api.secret("ns", "a")).toBe("absent");
  });

  test("is a kind whose group the server does not know", async () => {
    const { api, paths } = await opened(({ path }) => (path === "/apis" ? groups("apps/v1") : UNKNOWN));
    expect(await api.list("vaultsecrets")).toBe("absent");
    expect(paths()).toEqual(["/apis/ricoberger.de/v1alpha1/vaultsecrets?limit=500", "/apis"]);
    expect(await api.get("vaultsecrets", "ns", "a")).toBe("absent");
  });

  test("is a kind that its group does not have", async () => {
    const { api } = await opened(({ path }) =>
      path === "/apis" ? groups("ricoberger.de/v1alpha1") : path.includes("?") ? UNKNOWN : resources("others"),
    );
    expect(await api.list("vaultsecrets")).toBe("absent");
  });

  test("is a kind that the server does not know, also for who may do nothing", async () => {
    const { api } = await opened(({ path }) =>
      path === "/apis"
        ? groups("ricoberger.de/v1alpha1")
        : path.includes("?")
          ? failure(403, "Forbidden")
          : resources("vaultsecrets"),
    );
    expect(await api.list("externalsecrets")).toBe("absent");
    expect(await api.list("vaultsecrets")).toMatchObject({ refused: 403, group: "ricoberger.de" });
    expect(await api.list("pods")).toMatchObject({ refused: 403 });
  });

  test("is a kind of which the server says so itself", async () => {
    const { api } = await opened(() => failure(404, "NotFound"));
    expect(await api.list("vaultsecrets")).toBe("absent");
  });

  test("leads to the older version, where there is one", async () => {
    const list = { apiVersion: "external-secrets.io/v1beta1", kind: "ExternalSecretList", items: [] };
    const { api } = await opened(({ path }) => {
      if (path === "/apis") return groups("external-secrets.io/v1beta1");
      return path.includes("v1beta1") ? { body: { ...list, metadata: { resourceVersion: "1" } } } : UNKNOWN;
    });
    expect(await api.list("externalsecrets")).toMatchObject({ items: [] });
  });

  test.each<[string, Handle]>([
    ["a proxy's page", () => ({ status: 404, body: "<html>Not found</html>" })],
    ["a program that is no API server", () => UNKNOWN],
    [
      "a kind that the server knows all the same",
      ({ path }) =>
        path === "/apis" ? groups("ricoberger.de/v1alpha1") : path.includes("?") ? UNKNOWN : resources("vaultsecrets"),
    ],
    [
      "a server that tells nobody what it knows",
      ({ path }) => (path === "/apis" ? failure(403, "Forbidden") : UNKNOWN),
    ],
  ])("is not what a 404 of %s says", async (_, handle) => {
    const { api } = await opened(handle);
    await expect(api.list("vaultsecrets")).rejects.toThrow(/did not return vaultsecrets \(status 404\)$/);
  });

  test("is never a kind that every server knows", async () => {
    const { api } = await opened(() => UNKNOWN);
    await expect(api.list("pods")).rejects.toThrow(/did not return pods \(status 404\)$/);
  });
});

describe("a refusal", () => {
  test("is data: what would have to be permitted", async () => {
    const { api, paths } = await opened(() => failure(403, "Forbidden"));
    expect(await api.list("deployments")).toEqual({
      refused: 403,
      verb: "list",
      group: "apps",
      resource: "deployments",
    });
    expect(await api.list("pods", "ns")).toEqual({
      refused: 403,
      verb: "list",
      group: "",
      resource: "pods",
      namespace: "ns",
    });
    expect(await api.secret("ns", "s")).toEqual({
      refused: 403,
      verb: "get",
      group: "",
      resource: "secrets",
      namespace: "ns",
      name: "s",
    });
    expect(paths()).toHaveLength(3);
  });

  test("of a token is data, too", async () => {
    const { api } = await opened(() => failure(401, "Unauthorized"));
    expect(await api.list("pods")).toMatchObject({ refused: 401, verb: "list", resource: "pods" });
  });

  test.each([401, 403])("with status %i of a proxy is an error", async (status) => {
    const { api } = await opened(() => ({ status, body: "<html>hunter2</html>" }));
    await expect(api.list("pods")).rejects.toThrow(new RegExp(`did not return pods \\(status ${status}\\)$`));
  });
});

describe("a failure that may pass", () => {
  test.each<[string, Given | "cut", number]>([
    ["a busy server", failure(429, "TooManyRequests"), 200],
    ["a busy server that says how long", { ...failure(429, "TooManyRequests"), headers: { "retry-after": "3" } }, 3000],
    ["a proxy without a server", { status: 503, body: "upstream" }, 200],
    ["a server that has lost its leader", failure(500, "InternalError"), 200],
    ["a connection that ends", "cut", 200],
  ])("%s is asked again", async (_, first, pause) => {
    const { api, cluster } = await opened((_, count) => (count === 1 ? first : { body: podList(["a"]) }));
    expect(await api.list("pods")).toMatchObject({ items: [{}] });
    expect(cluster.pauses).toEqual([pause]);
  });

  test("is asked again in the middle of a list, and its pages stay", async () => {
    const { api, paths } = await opened((_, count) =>
      count === 1 ? { body: podList(["a"], { continue: "p" }) } : count === 2 ? "cut" : { body: podList(["b"]) },
    );
    expect(await api.list("pods")).toMatchObject({ items: [{}, {}] });
    expect(paths()).toHaveLength(3);
  });

  test.each<[string, Given | "cut", number, RegExp]>([
    ["does not pass", failure(503, "ServiceUnavailable"), 4, /\(status 503 ServiceUnavailable\)$/],
    ["ends each connection", "cut", 4, /^Cannot reach Kubernetes at \S+ \(ECONNRESET\)$/],
    ["asks for an hour", { ...failure(429, "TooManyRequests"), headers: { "retry-after": "3600" } }, 1, /429/],
    ["is no failure that passes", failure(400, "BadRequest"), 1, /\(status 400 BadRequest\)$/],
    ["leads elsewhere", { status: 302, body: "", headers: { location: "https://evil.example.org/" } }, 1, /302/],
  ])("that %s is an error", async (_, given, requests, message) => {
    const { api, paths } = await opened(() => given);
    await expect(api.list("pods")).rejects.toThrow(message);
    expect(paths()).toHaveLength(requests);
  });
});

describe("a Secret", () => {
  const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString("base64");
  const secret = (data: object | null, more: object = {}): Given => ({
    body: {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/tls",
      data,
      metadata: {
        name: "s",
        namespace: "ns",
        uid: "u",
        resourceVersion: "9",
        creationTimestamp: "2026-08-01T00:00:00Z",
        managedFields: [{ manager: "m", time: "2026-08-01T00:00:00Z" }],
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "hunter2" },
        ...more,
      },
    },
    headers: { date: DATE },
  });

  test("has its values as what prints nothing, and no annotation that may tell them", async () => {
    const { inspect } = await import("node:util");
    const bytes = Uint8Array.of(0xff, 0xfe, 0);
    const { api, paths } = await opened(() => secret({ a: base64("hunter2"), empty: "", raw: base64(bytes) }));
    const got = await api.secret("ns", "s");
    if (got === "absent" || "refused" in got) throw new Error("no Secret");
    const { data, ...rest } = got.object;
    expect({ ...rest, at: got.at }).toEqual({
      namespace: "ns",
      name: "s",
      uid: "u",
      resourceVersion: "9",
      type: "kubernetes.io/tls",
      creationTimestamp: "2026-08-01T00:00:00Z",
      managedFields: [{ manager: "m", time: "2026-08-01T00:00:00Z" }],
      ownerReferences: [],
      at: new Date(DATE),
    });
    expect(data.get("a")?.text?.equals(new SecretValue("hunter2"))).toBe(true);
    expect(data.get("a")?.base64.equals(new SecretValue(base64("hunter2")))).toBe(true);
    expect(data.get("empty")?.text?.isEmpty).toBe(true);
    expect(data.get("raw")?.text).toBe(undefined);
    expect(data.get("raw")?.base64.equals(new SecretValue(base64(bytes)))).toBe(true);
    expect(`${inspect(got, { depth: 9 })}${JSON.stringify([...data])}`).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(paths()).toEqual(["/api/v1/namespaces/ns/secrets/s"]);
  });

  test("may hold nothing", async () => {
    const { api } = await opened(() => secret(null));
    expect(await api.secret("ns", "s")).toMatchObject({ object: { data: new Map() } });
  });

  test.each<[string, Given]>([
    ["is no base64", secret({ a: "hunter2!" })],
    ["is no text", secret({ a: { hunter2: 1 } })],
    ["is of another Secret", secret({}, { name: "hunter2" })],
    ["is of another namespace", secret({}, { namespace: "hunter2" })],
  ])("that %s is an error without it", async (_, given) => {
    const { api } = await opened(() => given);
    const error = await api.secret("ns", "s").catch((failed: unknown) => failed);
    expect(error).toHaveProperty("diagnostic.code", "cluster-answer-unusable");
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain("hunter2");
  });
});

describe("a name with odd characters", () => {
  test.each(["a/b", "a?b=c", "a#b", "a%2fb", "ключ", "a b", "../../x", "a\r\nb"])(
    "%j stays one component",
    async (name) => {
      const { api, paths } = await opened(() => failure(404, "NotFound"));
      expect(await api.secret(name, name)).toBe("absent");
      const encoded = encodeURIComponent(name);
      expect(paths()).toEqual([`/api/v1/namespaces/${encoded}/secrets/${encoded}`]);
    },
  );

  test.each(["", ".", "..", "\ud800"])("%j is asked for nowhere", async (name) => {
    const { api, paths } = await opened(() => ({ body: {} }));
    await expect(api.secret("ns", name)).rejects.toThrow("is not a valid Kubernetes name");
    await expect(api.list("pods", name)).rejects.toThrow("is not a valid Kubernetes name");
    expect(paths()).toEqual([]);
  });
});
