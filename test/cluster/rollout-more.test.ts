import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCluster } from "../../src/kubernetes/find-cluster.js";
import { openCluster } from "../../src/kubernetes/cluster.js";
import { type Finished, phalanxProcess, startPhalanx } from "../support/cli.js";
import { eventually } from "../support/cluster-node.js";
import { type ExternalSecrets, startExternalSecrets, vaultStore } from "../support/external-secrets.js";
import { age, openRolloutWorld, type RolloutWorld, vaultSecret, workload } from "../support/rollout-world.js";

const PASSWORD = "{description: x, generate: {type: password}}";

/** One application for each test: they run in any order. */
const ALONE = ["ahead", "behind", "external", "known", "small", "many", "frozen"];

let world: RolloutWorld;
let controller: ExternalSecrets;
beforeAll(async () => {
  world = await openRolloutWorld(Object.fromEntries(ALONE.map((name) => [name, { secrets: `a: ${PASSWORD}\n` }])));
  controller = await startExternalSecrets(world.plane);
  await world.phalanx(["secrets", "sync", "test"]);
  await world.copy(...ALONE);
});
afterAll(async () => {
  await controller?.stop();
  await world?.close();
});

const status = (...args: readonly string[]): Promise<Finished> => world.phalanx(["rollout", "status", "test", ...args]);

const rotate = (...names: readonly string[]): Promise<Finished> =>
  world.phalanx(["secrets", "rotate", "test", ...names, "--yes"]);

describe("a node whose clock is two minutes off", () => {
  interface PodStatus {
    readonly startTime: string;
    readonly conditions: readonly { readonly type: string; readonly lastTransitionTime: string }[];
    readonly containerStatuses: readonly { readonly state: { readonly running: { readonly startedAt: string } } }[];
  }

  /** Writes what a kubelet with such a clock would have written of the pods that there are. */
  async function shift(namespace: string, app: string, seconds: number): Promise<void> {
    const { api } = world.plane;
    const moved = (time: string): string =>
      new Date(Date.parse(time) + seconds * 1000).toISOString().slice(0, 19) + "Z";
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const { items } = await api.must<{
      items: { metadata: { name: string; deletionTimestamp?: string }; status: PodStatus }[];
    }>("GET", `${path}?labelSelector=app%3D${app}`);
    const running = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    expect(running).not.toEqual([]);
    for (const { metadata, status: found } of running) {
      await api.must("PATCH", `${path}/${metadata.name}/status?fieldManager=kubelet`, {
        status: {
          startTime: moved(found.startTime),
          conditions: found.conditions.map((each) =>
            each.type === "PodScheduled" ? each : { ...each, lastTransitionTime: moved(each.lastTransitionTime) },
          ),
          containerStatuses: found.containerStatuses.map((each) => ({
            ...each,
            state: { running: { startedAt: moved(each.state.running.startedAt) } },
          })),
        },
      });
    }
  }

  test.each([
    ["ahead", 120],
    ["behind", -120],
  ])("%s: never makes anything current or old that is not", async (app, seconds) => {
    const start = async (name: string): Promise<void> => {
      await world.plane.apply(workload("Deployment", app, name));
      await world.ready(app, `deployment/${name}`);
      await shift(app, name, seconds);
    };
    await world.stopCopying();
    await start("before");
    await age();
    await rotate(`${app}/a`);
    expect(await world.holdings(app)).toEqual({ "deployment/before": "old" });
    await start("between");
    const waiting = { "deployment/before": "old", "deployment/between": "in-doubt" };
    expect(await world.holdings(app)).toEqual(waiting);
    await world.copy(app);
    expect(await world.holdings(app)).toEqual(waiting);
    await start("after");
    expect(await world.holdings(app)).toEqual({ ...waiting, "deployment/after": "current" });
    for (const name of ["before", "between"]) {
      await world.plane.kubectl(["-n", app, "rollout", "restart", `deployment/${name}`]);
      await world.ready(app, `deployment/${name}`);
    }
    // The pods of before may still be ending, or not be known to be.
    expect((await status(app, "--wait", "60s")).exit).toBe(0);
    for (const name of ["before", "between"]) await shift(app, name, seconds);
    expect((await status(app)).stdout).toMatch(/^3 workloads: all current\.$/m);
  });
});

describe("External Secrets", () => {
  test("delivers a rotated value, and what a template makes of it is never said to be current", async () => {
    const { plane, vault } = world;
    const name = "external-copy";
    await plane.apply(...vaultStore("external", { url: vault.url, token: vault.rootToken }), {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name, namespace: "external" },
      spec: {
        refreshInterval: "1h",
        secretStoreRef: { name: "vault", kind: "SecretStore" },
        target: { template: { mergePolicy: "Merge", data: { url: "x://{{ .a }}" } } },
        dataFrom: [{ extract: { key: "phalanx/test/external" } }],
      },
    });
    const container = (key: string): object => ({
      name: "main",
      image: "main",
      env: [{ name: "VALUE", valueFrom: { secretKeyRef: { name, key } } }],
    });
    const copied = (): Promise<true> =>
      eventually("The copy", async () => {
        const { a } = (await world.kv.get("external")) as { a: string };
        const found = await plane.api.must<{
          data: Record<string, string>;
          metadata: { managedFields: { time: string }[] };
        }>("GET", `/api/v1/namespaces/external/secrets/${name}`);
        const newest = Math.max(...found.metadata.managedFields.map(({ time }) => Date.parse(time)));
        const text = (key: string): string => String(Buffer.from(found.data[key] ?? "", "base64"));
        return text("a") === a && text("url") === `x://${a}` && Date.now() > newest + 1000 ? true : undefined;
      });
    await copied();
    await plane.apply(
      workload("Deployment", "external", "plain", { pod: { containers: [container("a")] } }),
      workload("Deployment", "external", "made", { pod: { containers: [container("url")] } }),
    );
    const ready = async (): Promise<void> => {
      for (const each of ["plain", "made"]) await world.ready("external", `deployment/${each}`);
    };
    await ready();
    expect(await world.holdings("external")).toEqual({ "deployment/made": "in-doubt", "deployment/plain": "current" });
    await age();
    await rotate("external/a");
    expect(await world.holdings("external")).toEqual({ "deployment/made": "in-doubt", "deployment/plain": "old" });
    await world.copy("external");
    await plane.kubectl(["-n", "external", "annotate", `externalsecret/${name}`, "force-sync=1"]);
    await copied();
    expect(await world.holdings("external")).toEqual({ "deployment/made": "in-doubt", "deployment/plain": "old" });
    for (const each of ["plain", "made"])
      await plane.kubectl(["-n", "external", "rollout", "restart", `deployment/${each}`]);
    await ready();
    const end = await status("external");
    expect(await world.holdings("external")).toEqual({ "deployment/made": "in-doubt", "deployment/plain": "current" });
    expect(end.exit).toBe(1);
    expect(end.stdout.replace(/\s+/g, " ")).toMatch(/in doubt deployment\/made:? [^;]*template/);
  });
});

/** The output without the moment of the look. */
const timeless = ({ exit, stdout }: Finished): object => ({
  exit,
  stdout: stdout.replaceAll(/at \S+( \S+)?/g, "at"),
});

describe("a kubeconfig with", () => {
  let token: string;
  let rights: string;
  beforeAll(async () => {
    await world.plane.apply({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "looker", namespace: "known" },
    });
    token = await world.plane.tokenFor("known", "looker");
    rights = (await world.phalanx(["rollout", "rights", "test", "--service-account", "known/looker"])).stdout;
  });
  const look = (kubeconfig: string): Promise<Finished> =>
    world.phalanx(["rollout", "status", "test", "known"], kubeconfig);
  /** Waits for what the API server has heard of last. */
  async function expectSame(kubeconfig: string): Promise<void> {
    const [found, wanted] = await eventually("The same answer", async () => {
      const own = await look(kubeconfig);
      return own.exit === 2 && own.stderr.includes("not allowed to")
        ? undefined
        : ([own, await status("known")] as const);
    });
    // Which context was looked at last depends on what ran before.
    expect(found.stderr.replace(/^context \S+ is remembered .*\n/m, "")).toBe("");
    expect(timeless(found)).toEqual(timeless(wanted));
  }
  const credential = (value: object): string =>
    JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: value });
  const exec = (script: string) => ({ exec: { command: "/bin/sh", args: ["-euc", script] } });
  /** How often a plugin has run that leaves a line each time. */
  const runs = async (file: string): Promise<number> => (await readFile(file, "utf8")).split("\n").length - 1;

  test("a token, a file of one, and a client certificate", async () => {
    const { plane, tree } = world;
    await plane.kubectl(["apply", "-f", "-"], rights);
    await expectSame(await plane.kubeconfigFor({ token }));
    await tree.write("state/token", `${token}\n`);
    await expectSame(await plane.kubeconfigFor({ tokenFile: `${tree.root}/state/token` }));
    const unknown = await look(await plane.kubeconfigFor({ token: "of-nobody" }));
    expect(unknown).toMatchObject({ exit: 2, stdout: "" });
    const { stdout } = await world.phalanx(["rollout", "rights", "test", "--group", "staff"]);
    await plane.kubectl(["apply", "-f", "-"], stdout);
    await expectSame(await plane.kubeconfigFor({ certificate: plane.certificateFor("alice", ["staff"]) }));
  });

  test("a program whose token has expired runs again; one whose token is refused, once more", async () => {
    const { plane, tree } = world;
    await plane.kubectl(["apply", "-f", "-"], rights);
    const [expiring, refused, useless] = ["expiring", "refused", "useless"].map((name) => `${tree.root}/${name}`) as [
      string,
      string,
      string,
    ];
    const past = new Date(Date.now() - 60_000).toISOString();
    const expired = credential({ token, expirationTimestamp: past });
    await expectSame(await plane.kubeconfigFor(exec(`echo >> ${expiring}; echo '${expired}'`)));
    expect(await runs(expiring)).toBeGreaterThan(1);
    const script = `echo >> ${refused}; if test "$(wc -l < ${refused})" = 1; then echo '${credential({ token: "of-nobody" })}'; else echo '${credential({ token })}'; fi`;
    await expectSame(await plane.kubeconfigFor(exec(script)));
    const none = await look(
      await plane.kubeconfigFor(exec(`echo >> ${useless}; echo '${credential({ token: "of-nobody" })}'`)),
    );
    expect(none).toMatchObject({ exit: 2, stdout: "" });
    expect(await runs(useless)).toBe(2);
  });

  test("somebody whose place is taken has that one's rights", async () => {
    const { plane } = world;
    await plane.kubectl(["apply", "-f", "-"], rights);
    const as = async (user: object): Promise<string> => {
      const path = await plane.kubeconfigFor({ token: plane.adminToken });
      const config = JSON.parse(await readFile(path, "utf8")) as { users: { user: object }[] };
      for (const each of config.users) each.user = { ...each.user, ...user };
      await writeFile(path, JSON.stringify(config));
      return path;
    };
    await expectSame(await as({ as: "system:serviceaccount:known:looker" }));
    const nobody = await look(await as({ as: "nobody" }));
    expect(nobody).toMatchObject({ exit: 2, stdout: "" });
    expect(nobody.stderr).toMatch(/not allowed to list vaultsecrets\.ricoberger\.de in namespace known/);
  });

  test("nothing at all, in a pod: its service account", async () => {
    const { plane, tree } = world;
    await plane.kubectl(["apply", "-f", "-"], rights);
    const directory = await mkdtemp(join(tree.root, "account-"));
    await Promise.all(
      Object.entries({ token, "ca.crt": plane.ca, namespace: "known" }).map(([name, text]) =>
        writeFile(join(directory, name), text, { mode: 0o600 }),
      ),
    );
    const { hostname, port } = new URL(plane.server);
    const warned: string[] = [];
    const ports = {
      env: { HOME: directory, KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
      cwd: directory,
      stdin: { isTTY: false },
      now: () => new Date(),
      sleep: () => Promise.resolve(),
      notify: ({ code }: { code: string }) => void warned.push(code),
      serviceAccount: directory,
    };
    const access = await findCluster({}, ports);
    expect(access).toMatchObject({ source: "in-cluster", context: undefined, namespace: "known" });
    const cluster = openCluster(access, ports);
    try {
      const found = await eventually("The rights", async () => {
        const list = await cluster.list("vaultsecrets", "known");
        return list !== "absent" && "refused" in list ? undefined : list;
      });
      expect(found).toMatchObject({ items: [{ metadata: { name: "known" } }] });
      expect(await cluster.secret("known", "known")).toMatchObject({ object: { name: "known" } });
      expect(await cluster.secret("small", "other")).toMatchObject({ refused: 403, verb: "get", name: "other" });
      expect(warned).toEqual([]);
    } finally {
      cluster.close();
    }
  });
});

describe("rights that are too small by one", () => {
  interface Role {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly rules?: readonly { readonly apiGroups: readonly string[]; readonly resources: readonly string[] }[];
  }

  test("are told, each by its name, and end as is said of them", async () => {
    const { plane } = world;
    await plane.apply(
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "looker", namespace: "small" } },
      workload("Deployment", "small", "web"),
    );
    await world.copy("small");
    await world.ready("small", "deployment/web");
    await plane.kubectl(["-n", "small", "rollout", "restart", "deployment/web"]);
    await world.ready("small", "deployment/web");
    const { stdout } = await world.phalanx(["rollout", "rights", "test", "--service-account", "small/looker"]);
    const objects = loadAll(stdout) as Role[];
    const kubeconfig = await plane.kubeconfigFor({ token: await plane.tokenFor("small", "looker") });
    const look = (): Promise<Finished> => world.phalanx(["rollout", "status", "test", "small"], kubeconfig);
    const without = async (resource: string): Promise<Finished> => {
      const isOurs = ({ kind, metadata }: Role): boolean =>
        kind === "ClusterRole" || (kind === "Role" && metadata.namespace === "small");
      const reduced = objects.map((each) =>
        isOurs(each)
          ? {
              ...each,
              rules: (each.rules ?? [])
                .map((rule) => ({ ...rule, resources: rule.resources.filter((name) => name !== resource) }))
                .filter(({ resources }) => resources.length > 0),
            }
          : each,
      );
      await plane.kubectl(["apply", "-f", "-"], reduced.map((each) => JSON.stringify(each)).join("\n---\n"));
      const namespace = resource === "namespaces" ? [] : ["-n", "small"];
      const verb = resource === "namespaces" || resource === "secrets" ? "get" : "list";
      const named = { namespaces: ["namespaces/kube-system"], secrets: ["secrets/small"] }[resource] ?? [resource];
      // The API server hears of it a moment later; of the last rule that it takes, too.
      await eventually(`Rights without ${resource}`, async () => {
        const can = async (...what: readonly string[]): Promise<string> =>
          (
            await plane
              .kubectl(["auth", "can-i", "--as=system:serviceaccount:small:looker", ...what])
              .catch((error: unknown) => String(error))
          ).trim();
        const all = await can("list", "pods", "-n", "small");
        const isOther = resource === "pods" || all === "yes";
        return isOther && (await can(verb, ...named, ...namespace)) !== "yes" ? true : undefined;
      });
      return look();
    };
    const refusals = [
      ["pods", "pods"],
      ["deployments", "deployments.apps"],
      ["statefulsets", "statefulsets.apps"],
      ["daemonsets", "daemonsets.apps"],
      ["replicasets", "replicasets.apps"],
      ["jobs", "jobs.batch"],
      ["cronjobs", "cronjobs.batch"],
      ["vaultsecrets", "vaultsecrets.ricoberger.de"],
      ["externalsecrets", "externalsecrets.external-secrets.io"],
    ] as const;
    for (const [resource, shown] of refusals) {
      const found = await without(resource);
      expect({ resource, exit: found.exit, stdout: found.stdout }).toEqual({ resource, exit: 2, stdout: "" });
      const lines = found.stderr.split("\n").filter((line) => line.includes("not allowed to list "));
      expect(lines.map((line) => line.replace(/^.*not allowed to/, "not allowed to"))).toEqual([
        `not allowed to list ${shown} in namespace small`,
      ]);
      expect(found.stderr).toContain("To print the rights that it needs: phalanx rollout rights test");
    }
    // Nothing needs what no cluster of the tests knows, nor, where no other environment has the prefix, the UID.
    for (const resource of ["vaultstaticsecrets", "namespaces"])
      expect(await without(resource)).toMatchObject({ exit: 0, stdout: expect.stringContaining("all current") });
    const unread = await without("secrets");
    expect(unread.exit).toBe(1);
    expect(unread.stderr).toMatch(
      /you are not allowed to read 1 Secret, so nothing that uses it can be shown to be current/,
    );
    expect(unread.stdout.replace(/\s+/g, " ")).toMatch(/in doubt deployment\/web/);
  });
});

describe("the wrong cluster", () => {
  /** The same configuration with more environments, which the other tests know nothing of. */
  async function withMore(
    files: Readonly<Record<string, string>>,
    work: (look: (...args: readonly string[]) => Promise<Finished>) => Promise<void>,
  ): Promise<void> {
    const { plane, tree, vault } = world;
    const root = await mkdtemp(join(tmpdir(), "phalanx-wrong-"));
    try {
      await cp(tree.root, root, { recursive: true });
      await rm(join(root, "state"), { recursive: true, force: true });
      const settings = await readFile(join(root, "environments/values-test.yaml"), "utf8");
      for (const [name, prefix] of Object.entries(files)) {
        const text = settings.replace("name: test", `name: ${name}`).replace("secret/phalanx/test", prefix);
        await writeFile(join(root, `environments/values-${name}.yaml`), text);
      }
      const env = { VAULT_TOKEN: vault.rootToken, HOME: root, KUBECONFIG: plane.adminKubeconfig };
      await work((...args) => phalanxProcess(["rollout", "status", ...args], { cwd: root, env }));
    } finally {
      await rm(root, { recursive: true });
    }
  }

  test("copies from another environment's prefix, alone or besides", async () => {
    const { plane } = world;
    await withMore({ other: "secret/phalanx/other" }, async (look) => {
      const other = await look("other", "known");
      expect(other).toMatchObject({ exit: 2, stdout: "" });
      expect(other.stderr).toMatch(
        /is not the cluster of other: it copies from secret\/phalanx\/test, not from secret\/phalanx\/other/,
      );
      expect((await look("test", "known")).exit).not.toBe(2);
      const foreign = vaultSecret("known", "secret/phalanx/other") as { metadata: object };
      await plane.apply({ ...foreign, metadata: { name: "foreign", namespace: "known" } });
      const both = await look("test", "known");
      await plane.kubectl(["-n", "known", "delete", "vaultsecret", "foreign"]);
      expect(both).toMatchObject({ exit: 2, stdout: "" });
      expect(both.stderr).toMatch(/is not the cluster of test: it copies from secret\/phalanx\/other/);
      expect((await look("test", "known")).exit).not.toBe(2);
    });
  });

  test("cannot be told where environments share a prefix, until its UID is confirmed once", async () => {
    const { plane } = world;
    const uid = await plane.kubectl(["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"]);
    await withMore({ twin: "secret/phalanx/test" }, async (look) => {
      const unknown = await look("twin", "known");
      expect(unknown).toMatchObject({ exit: 2, stdout: "" });
      expect(unknown.stderr).toMatch(/twin shares its prefix in Vault with test/);
      expect(unknown.stderr).toContain(`--cluster-uid ${uid}`);
      const wrong = await look("twin", "known", "--cluster-uid", uid.replaceAll(/\w/g, "0"));
      expect(wrong).toMatchObject({ exit: 2, stdout: "" });
      expect((await look("twin", "known")).exit).toBe(2);
      expect((await look("twin", "known", "--cluster-uid", uid)).exit).not.toBe(2);
      expect((await look("twin", "known")).exit).not.toBe(2);
      // Of the other environment nobody has said anything.
      expect((await look("test", "known")).exit).toBe(2);
    });
  });
});

test("in a healthy cluster, twenty workloads that restart after the copy are current within a minute, none in doubt", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `web-${i + 1}`);
  await world.plane.apply(...names.map((name) => workload("Deployment", "many", name)));
  await Promise.all(names.map((name) => world.ready("many", `deployment/${name}`)));
  await age();
  await rotate("many/a");
  await world.copy("many");
  expect(new Set(Object.values(await world.holdings("many")))).toEqual(new Set(["old"]));
  const start = performance.now();
  await world.plane.kubectl(["-n", "many", "rollout", "restart", "deployment"]);
  await Promise.all(names.map((name) => world.ready("many", `deployment/${name}`)));
  const end = await status("many", "--wait", "60s");
  const seconds = (performance.now() - start) / 1000;
  expect(end.stdout).toMatch(/^20 workloads: all current\.$/m);
  expect(end.stdout).not.toContain("in doubt");
  expect(seconds).toBeLessThan(60);
  process.stdout.write(`20 workloads were current ${seconds.toFixed(1)} s after their restart\n`);
});

test("each kind is listed once in each namespace, and one that the server does not know in one of them", async () => {
  const { stderr } = await status("--verbose");
  const counts = new Map<string, number>();
  for (const [, kind = ""] of stderr.matchAll(/ GET \S*\/namespaces\/[^/ ]+\/(\w+) /g))
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const everywhere = ["pods", "deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs"];
  expect(Object.fromEntries(counts)).toEqual({
    ...Object.fromEntries([...everywhere, "vaultsecrets", "externalsecrets"].map((kind) => [kind, ALONE.length])),
    vaultstaticsecrets: 1,
  });
});

test("an API server that is frozen in the middle of a look is waited for, and asked again", async () => {
  await world.copy("frozen");
  await world.plane.apply(workload("Deployment", "frozen", "web", { annotations: { "phalanx.test/hangs": "" } }));
  const { root } = world.tree;
  const child = startPhalanx(["rollout", "status", "test", "frozen", "--wait", "10s", "--verbose"], {
    cwd: root,
    env: {
      VAULT_TOKEN: world.vault.rootToken,
      HOME: root,
      XDG_STATE_HOME: `${root}/state`,
      KUBECONFIG: world.plane.adminKubeconfig,
    },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => void (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => void (stderr += String(chunk)));
  const ended = new Promise<number | null>((done) => child.on("close", done));
  await eventually("The first look", async () => (/GET \S*\/pods/.test(stderr) ? true : undefined));
  await world.plane.apiServer.pause();
  await age();
  expect([child.exitCode, stdout]).toEqual([null, ""]);
  await world.plane.apiServer.resume();
  expect(await ended).toBe(1);
  expect(stdout).toMatch(/in doubt/);
});
