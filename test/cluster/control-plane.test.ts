import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../support/cluster-node.js";
import { type ControlPlane, startControlPlane } from "../support/control-plane.js";
import { type ExternalSecrets, startExternalSecrets, vaultStore } from "../support/external-secrets.js";
import { type Kv, openKv } from "../support/kv.js";
import { enableKubernetesLogin } from "../support/kubernetes-login.js";
import { type Lab, openLab } from "../support/lab.js";
import { defineVaultSecrets, type SecretsOperator, startSecretsOperator } from "../support/secrets-operator.js";

const NAMESPACE = "app";
let lab: Lab;
let plane: ControlPlane;
/** Apart from the environment that the login is tried on. */
let kv: Kv;
beforeAll(async () => {
  [lab, plane] = await Promise.all([openLab(), startControlPlane()]);
  kv = openKv(lab.vault.url, lab.vault.rootToken, "secret/copied");
  await plane.apply(
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "sync", namespace: NAMESPACE } },
  );
});
afterAll(async () => {
  await plane?.close();
  await lab?.close();
});

const podTemplate = (annotations: Readonly<Record<string, string>> = {}) => ({
  metadata: { labels: { app: "web" }, annotations },
  spec: { containers: [{ name: "web", image: "web" }] },
});
const deployment = (name: string, annotations?: Readonly<Record<string, string>>) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: NAMESPACE },
  spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template: podTemplate(annotations) },
});

/** The values of a Secret, as soon as it is there and these are what is wanted. */
async function copied(name: string, wanted: Readonly<Record<string, string>>): Promise<void> {
  const path = `/api/v1/namespaces/${NAMESPACE}/secrets/${name}`;
  let seen: Record<string, string> = {};
  await eventually(`The copy ${name}`, async () => {
    const { data = {} } = await plane.api.must<{ data?: Record<string, string> }>("GET", path);
    seen = Object.fromEntries(Object.entries(data).map(([key, text]) => [key, String(Buffer.from(text, "base64"))]));
    expect(seen).toEqual(wanted);
    return true;
  });
}

describe("workloads", () => {
  test("the pods of a Deployment become ready, and are others after a restart", async () => {
    await plane.apply(deployment("web"));
    const names = async (): Promise<string[]> => {
      await plane.kubectl(["-n", NAMESPACE, "rollout", "status", "deployment/web", "--timeout=60s"]);
      return (await plane.kubectl(["-n", NAMESPACE, "get", "pods", "-l", "app=web", "-o", "name"])).trim().split("\n");
    };
    const before = await names();
    expect(before).toHaveLength(2);
    await plane.kubectl(["-n", NAMESPACE, "rollout", "restart", "deployment/web"]);
    const after = await names();
    expect(after.filter((name) => !before.includes(name))).toHaveLength(2);
  });

  test("a Job completes", async () => {
    const { spec } = podTemplate();
    await plane.apply({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "once", namespace: NAMESPACE },
      spec: { template: { spec: { ...spec, restartPolicy: "Never" } } },
    });
    await plane.kubectl(["-n", NAMESPACE, "wait", "--for=condition=Complete", "job/once", "--timeout=60s"]);
  });

  const pod = (name: string, annotations: Readonly<Record<string, string>> = {}) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: NAMESPACE, annotations },
    spec: podTemplate().spec,
  });
  test("a pod is started by nobody, and another one is never gone, where a test says so", async () => {
    await plane.apply(pod("hangs", { "phalanx.test/hangs": "" }), pod("lingers", { "phalanx.test/lingers": "" }));
    await plane.apply(pod("other"));
    const ready = ["wait", "--for=condition=Ready", "pod/lingers", "pod/other", "--timeout=60s"];
    await plane.kubectl(["-n", NAMESPACE, ...ready]);
    await plane.kubectl(["-n", NAMESPACE, "delete", "pod/lingers", "--wait=false"]);
    await plane.kubectl(["-n", NAMESPACE, "delete", "pod/other"]);
    const { items } = await plane.api.must<{
      items: { metadata: { name: string; deletionTimestamp?: string }; status: { phase: string } }[];
    }>("GET", `/api/v1/namespaces/${NAMESPACE}/pods`);
    const states = items.map(({ metadata: { name, deletionTimestamp }, status: { phase } }) =>
      [name, phase, deletionTimestamp === undefined ? "stays" : "ends"].join(" "),
    );
    expect(states).toEqual(expect.arrayContaining(["hangs Pending stays", "lingers Running ends"]));
    expect(states.join("\n")).not.toContain("other");
  });

  test("the restricted Pod Security Standard is enforced where a namespace asks for it", async () => {
    await plane.apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "strict", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    const metadata = { name: "web", namespace: "strict" };
    await expect(plane.apply({ ...pod("web"), metadata })).rejects.toThrow('violates PodSecurity "restricted:latest"');
  });
});

describe("who may do what", () => {
  test("a client certificate, a token and a program that prints one are known by their names", async () => {
    const own = await plane.tokenFor(NAMESPACE, "sync");
    const said = JSON.stringify({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: own },
    });
    const credentials = [
      [{ certificate: plane.certificateFor("alice", ["staff"]) }, "alice"],
      [{ token: own }, "system:serviceaccount:app:sync"],
      [{ exec: { command: "echo", args: [said] } }, "system:serviceaccount:app:sync"],
    ] as const;
    for (const [credential, name] of credentials) {
      const path = await plane.kubeconfigFor(credential, { namespace: NAMESPACE });
      const who = await plane.kubectl(["--kubeconfig", path, "auth", "whoami", "-o", "json"]);
      expect(JSON.parse(who)).toMatchObject({ status: { userInfo: { username: name } } });
      await expect(plane.kubectl(["--kubeconfig", path, "get", "secrets"])).rejects.toThrow("Forbidden");
    }
  });
});

describe("a login of ours with the token of a service account", () => {
  beforeAll(async () => {
    await lab.asRoot("vault", "create-write-token", "test");
    await enableKubernetesLogin(lab, plane, {
      role: "sync",
      audience: "vault",
      account: `${NAMESPACE}/sync`,
      policies: ["phalanx/test/write"],
    });
  });
  const audit = async (audience?: string) => {
    await lab.tree.write("jwt", await plane.tokenFor(NAMESPACE, "sync", audience));
    const login = ["--auth", "kubernetes", "--role", "sync", "--jwt-file", "jwt"];
    return lab.run(["secrets", "audit", "test", "--secrets", "one.yaml", ...login]);
  };

  test("succeeds with the audience of the role", async () => {
    expect(await audit("vault")).toMatchObject({ exit: 1, stdout: "Missing secrets:\n• a p\n• a s\n• b c\n" });
  });

  test.each([
    ["another one", "elsewhere"],
    ["that of the API server", undefined],
  ])("ends with status 2 with %s", async (_, audience) => {
    expect(await audit(audience)).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: expect.stringContaining("Login with kubernetes (auth/kubernetes) failed"),
    });
  });
});

describe("what VaultSecrets name", () => {
  let operator: SecretsOperator;
  const start = () =>
    startSecretsOperator({ plane, vault: { url: lab.vault.url, token: lab.vault.rootToken }, every: 100 });
  beforeAll(async () => {
    await defineVaultSecrets(plane);
    operator = start();
  });
  afterAll(() => operator?.stop());
  const vaultSecret = (name: string, spec: object) => ({
    apiVersion: "ricoberger.de/v1alpha1",
    kind: "VaultSecret",
    metadata: { name, namespace: NAMESPACE },
    spec: { type: "Opaque", path: `secret/copied/${name}`, ...spec },
  });

  test("becomes a Secret, again after each change", async () => {
    const nested = { b: 1, a: ["x"] };
    await kv.put("plain", { p: "one", none: null, nested, number: 5 });
    await plane.apply(vaultSecret("plain", {}));
    await copied("plain", { p: "one", nested: '{"a":["x"],"b":1}', number: "5" });
    await kv.set("plain", "p", "two");
    await copied("plain", { p: "two", nested: '{"a":["x"],"b":1}', number: "5" });
    await plane.kubectl([
      "-n",
      NAMESPACE,
      "wait",
      "--for=condition=SecretCreated",
      "vaultsecret/plain",
      "--timeout=60s",
    ]);
  });

  test("is limited, decoded and rendered as they say", async () => {
    await kv.put("some", { p: Buffer.from("one").toString("base64"), q: "hidden" });
    await plane.apply(vaultSecret("some", { keys: ["p"], isBinary: true, templates: { url: "x://{% .Secrets.p %}" } }));
    await copied("some", { url: "x://one" });
  });

  test("waits while the operator is down", async () => {
    await kv.put("short", { p: "one" });
    await plane.apply(vaultSecret("short", {}));
    await copied("short", { p: "one" });
    await operator.stop();
    await kv.set("short", "p", "two");
    await copied("short", { p: "one" });
    operator = start();
    await operator.copyNow();
    await copied("short", { p: "two" });
  });

  test("is said not to be there", async () => {
    await plane.apply(vaultSecret("nowhere", {}));
    const failed = ["--for=condition=SecretCreated=false", "vaultsecret/nowhere", "--timeout=60s"];
    await plane.kubectl(["-n", NAMESPACE, "wait", ...failed]);
  });
});

describe("what ExternalSecrets name", () => {
  let controller: ExternalSecrets;
  beforeAll(async () => void (controller = await startExternalSecrets(plane)));
  afterAll(() => controller?.stop());

  test("becomes a Secret, again when that is asked for", async () => {
    await kv.put("external", { p: "one" });
    await plane.apply(...vaultStore(NAMESPACE, { url: lab.vault.url, token: lab.vault.rootToken }), {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name: "external", namespace: NAMESPACE },
      spec: {
        refreshInterval: "1h",
        secretStoreRef: { name: "vault", kind: "SecretStore" },
        dataFrom: [{ extract: { key: "copied/external" } }],
      },
    });
    await copied("external", { p: "one" });
    await kv.set("external", "p", "two");
    await plane.kubectl(["-n", NAMESPACE, "annotate", "externalsecret/external", "force-sync=1"]);
    await copied("external", { p: "two" });
  });
});

describe("an API server", () => {
  test("that is frozen answers nothing, and everything after it goes on", async () => {
    await plane.apiServer.pause();
    await expect(plane.kubectl(["get", "nodes", "--request-timeout=500ms"])).rejects.toThrow();
    await plane.apiServer.resume();
    expect(await plane.kubectl(["get", "nodes", "-o", "name"])).toBe("node/node-1\n");
  });

  test("that is killed has everything again once it is back", async () => {
    await plane.apiServer.kill();
    await expect(plane.kubectl(["get", "nodes"])).rejects.toThrow("refused");
    await plane.apiServer.restart();
    expect(await plane.kubectl(["get", "nodes", "-o", "name"])).toBe("node/node-1\n");
  });
});
