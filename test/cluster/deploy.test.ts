import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../support/cli.js";
import { giveAway, type Machine, openMachine, writeReadable } from "../support/container.js";
import { runGit } from "../support/git.js";
import { openApi } from "../support/kubernetes-api.js";
import { enableKubernetesLogin } from "../support/kubernetes-login.js";
import type { Body } from "../support/lab.js";
import { type Manifest, podOf, readManifests, ROLLOUT } from "../support/manifests.js";
import { has } from "../support/programs.js";
import { openRolloutWorld, type RolloutWorld, workload } from "../support/rollout-world.js";

const PASSWORD = "{description: x, generate: {type: password}}";
const OURS = "phalanx";

let world: RolloutWorld;
/** What an operator has beside the base, as docs/how-to/cluster.md says. */
let own: string;
let rights: string;
let manifests: Manifest[];
beforeAll(async () => {
  world = await openRolloutWorld({ portal: { secrets: `a: ${PASSWORD}\n` }, reader: { secrets: `a: ${PASSWORD}\n` } });
  const { plane } = world;
  await world.phalanx(["secrets", "sync", "test"]);
  own = await mkdtemp(join(tmpdir(), "phalanx-deploy-"));
  ({ stdout: rights } = await world.phalanx(["rollout", "rights", "test"]));
  await writeFile(join(own, "rights.yaml"), rights);
  const there = (name: string): string => relative(own, `${ROOT}deploy/kubernetes/${name}`);
  await writeFile(
    join(own, "kustomization.yaml"),
    JSON.stringify({ resources: [there("base"), "rights.yaml"], components: [there("rollout")] }),
  );
  const built = await plane.kubectl(["kustomize", own]);
  manifests = loadAll(built) as Manifest[];
  const accessModes = ["ReadWriteMany"];
  await plane.apply({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "reports" },
    spec: { accessModes, capacity: { storage: "1Gi" }, hostPath: { path: "/reports" } },
  });
  await plane.kubectl(["apply", "--server-side", "-f", "-"], built);
});
afterAll(async () => {
  await world?.close();
  if (own !== undefined) await rm(own, { recursive: true });
});

const kubectl = (...args: readonly string[]): Promise<string> => world.plane.kubectl(["-n", OURS, ...args]);

describe("in a namespace that enforces the restricted Pod Security Standard", () => {
  test("the namespace does, and the API server knows all that was applied", async () => {
    const bare = { apiVersion: "v1", kind: "Pod", metadata: { name: "bare", namespace: OURS } };
    const applied = world.plane.apply({ ...bare, spec: { containers: [{ name: "main", image: "main" }] } });
    await expect(applied).rejects.toThrow('violates PodSecurity "restricted:latest"');
    expect(manifests.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["CronJob", "Deployment", "Job", "PersistentVolumeClaim", "Role", "Service"]),
    );
    const text = manifests.map((each) => JSON.stringify(each)).join("\n---\n");
    const again = await world.plane.kubectl(["apply", "--server-side", "--dry-run=server", "-f", "-"], text);
    expect(again.trim().split("\n")).toHaveLength(manifests.length);
  });

  test("the pods of all of it are admitted, and end or become ready", async () => {
    const jobs = manifests.flatMap(({ kind, metadata: { name } }) => (kind === "CronJob" ? [name] : []));
    expect(jobs.sort()).toEqual(["phalanx-audit", "phalanx-fleet", "phalanx-rollout"]);
    for (const name of jobs) await kubectl("create", "job", `${name}-now`, `--from=cronjob/${name}`);
    const wanted = ["phalanx-sync", ...jobs.map((name) => `${name}-now`)].map((name) => `job/${name}`);
    await kubectl("wait", "--for=condition=Complete", "--timeout=60s", ...wanted);
    await kubectl("rollout", "status", "deployment/phalanx-metrics", "--timeout=60s");
    const fleet = JSON.parse(await kubectl("get", "job/phalanx-fleet-now", "-o", "json")) as {
      status: { succeeded: number; completedIndexes: string };
    };
    expect(fleet.status).toMatchObject({ succeeded: 4, completedIndexes: "0-3" });
  });

  test("the token of the cluster's API is mounted for the looks alone", async () => {
    const mounts = async (name: string): Promise<string[]> => {
      const cronJob = manifests.find(({ kind, metadata }) => kind === "CronJob" && metadata.name === name);
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: cronJob && podOf(cronJob) };
      // As the API server would make it, admission and all.
      const { spec } = await world.plane.api.must<{ spec: { volumes: { name: string }[] } }>(
        "POST",
        `/api/v1/namespaces/${OURS}/pods?dryRun=All`,
        pod,
      );
      return spec.volumes.some((volume) => volume.name.startsWith("kube-api-access")) ? [name] : [];
    };
    const names = ["phalanx-audit", "phalanx-fleet", "phalanx-rollout"];
    expect((await Promise.all(names.map(mounts))).flat()).toEqual(["phalanx-rollout"]);
  });
});

/** What a service account may do in a namespace, as the cluster says to itself: one line for each rule. */
async function mayDo(account: string, namespace: string): Promise<string[]> {
  const { server, ca } = world.plane;
  const api = openApi({ server, ca, token: await world.plane.tokenFor(OURS, account) });
  try {
    const { status } = await api.must<{ status: { incomplete: boolean; resourceRules: readonly Rule[] } }>(
      "POST",
      "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
      { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview", spec: { namespace } },
    );
    expect(status.incomplete).toBe(false);
    return status.resourceRules.map(({ verbs, apiGroups, resources, resourceNames = [] }) =>
      [verbs, apiGroups, resources, resourceNames].map((each) => each.join(",")).join(" "),
    );
  } finally {
    api.close();
  }
}
interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

describe("what the service accounts may do in the cluster", () => {
  /** More than every service account of a cluster may. */
  const more = async (account: string, namespace: string): Promise<string[]> => {
    const everybody = await mayDo("default", namespace);
    return (await mayDo(account, namespace)).filter((rule) => !everybody.includes(rule));
  };

  test.each(["phalanx-audit", "phalanx-sync"])("%s: nothing at all", async (account) => {
    for (const namespace of [OURS, "portal", "kube-system"]) expect(await more(account, namespace)).toEqual([]);
  });

  test("phalanx-rollout: look at what an environment needs, and at nothing else", async () => {
    const cluster = ["get  namespaces kube-system"];
    for (const namespace of [OURS, "kube-system", "default"])
      expect(await more("phalanx-rollout", namespace)).toEqual(cluster);
    for (const namespace of ["portal", "reader"]) {
      expect((await more("phalanx-rollout", namespace)).sort()).toEqual(
        [
          ...cluster,
          `get  secrets ${namespace}`,
          "list  pods ",
          "list apps daemonsets,deployments,replicasets,statefulsets ",
          "list batch cronjobs,jobs ",
          "list external-secrets.io externalsecrets ",
          "list ricoberger.de vaultsecrets ",
          "list secrets.hashicorp.com vaultstaticsecrets ",
        ].sort(),
      );
    }
  });
});

/** A container sees files of its own where a pod has its token; without namespaces of Linux there are none. */
const CAN_MOUNT = has("unshare", "-rm", "true");

describe.skipIf(!CAN_MOUNT)("what the component runs, in a pod's place", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await openMachine();
    const { kv, plane, tree } = world;
    const must = async ({ method, path, body }: { method: string; path: string; body?: unknown }): Promise<Body> => {
      const answer = await kv.call(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
      return answer.body as Body;
    };
    await must({ method: "POST", path: "sys/auth/approle", body: { type: "approle" } });
    expect(await world.phalanx(["vault", "create-read-approle", "test"])).toMatchObject({ exit: 0 });
    const role = { role: "phalanx-rollout", audience: "vault", account: `${OURS}/phalanx-rollout` };
    await enableKubernetesLogin({ must }, plane, { ...role, policies: ["phalanx/test/read"] });
    const repository = machine.at("work");
    await cp(tree.root, repository, { recursive: true, filter: (path) => !path.endsWith("/state") });
    for (const args of [
      ["init", "--quiet"],
      ["add", "--all"],
      ["commit", "--quiet", "-m", "All"],
      ["clone", "--quiet", "--bare", ".", machine.at("configuration.git")],
    ])
      expect(await runGit(args, repository)).toMatchObject({ exit: 0 });
    await giveAway(machine.at("configuration.git"));
  });
  afterAll(() => machine?.remove());

  /** One pod, whose container has nothing but what its volumes are, and a service account. */
  async function look(settings: Readonly<Record<string, string>> = {}): ReturnType<Machine["run"]> {
    const { plane, vault } = world;
    const [, cronJob] = await readManifests(`${ROLLOUT}/rollout.yaml`);
    const { initContainers = [], containers } = (cronJob && podOf(cronJob)) ?? { containers: [] };
    const accounts = machine.at("account");
    await rm(machine.at("config"), { recursive: true, force: true });
    for (const volume of ["config", "reports"]) await machine.makeVolume(volume);
    await writeReadable(join(accounts, "token"), await plane.tokenFor(OURS, "phalanx-rollout"));
    await writeReadable(join(accounts, "ca.crt"), plane.ca);
    await writeReadable(join(accounts, "namespace"), OURS);
    await writeReadable(machine.at("run/vault/token"), await plane.tokenFor(OURS, "phalanx-rollout", "vault"));
    for (const path of [accounts, machine.at("run/vault")]) await giveAway(path);
    const { hostname, port } = new URL(plane.server);
    const phalanx = {
      CONFIG_REPOSITORY: `file://${machine.at("configuration.git")}`,
      CONFIG_REVISION: "main",
      ENVIRONMENT: "test",
      ROLLOUT_ROLE: "phalanx-rollout",
      VAULT_ADDR: vault.url,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      ...settings,
    };
    let done = { exit: 0, stdout: "", stderr: "" };
    for (const container of [...initContainers, ...containers]) {
      const command = ["unshare", "-rm", "/bin/sh", "-euc", IN_POD, "pod", accounts, ...(container.command ?? [])];
      done = await machine.run({ ...container, command }, { configMaps: { phalanx } });
      if (done.exit !== 0) break;
    }
    return done;
  }
  const IN_POD = `
    mount -t tmpfs tmpfs /run
    mkdir -p /run/secrets/kubernetes.io
    cp -r "$1" /run/secrets/kubernetes.io/serviceaccount
    shift
    exec "$@"`;

  test("a look logs in to both, and leaves its answer where the fleet audit finds it", async () => {
    await world.copy("portal", "reader");
    await world.plane.apply(workload("Deployment", "portal", "web"));
    await world.ready("portal", "deployment/web");
    // Nothing else is said: a pod has nowhere to remember a cluster, and needs not.
    expect(await look()).toEqual({ exit: 0, stdout: "", stderr: "" });
    const report = JSON.parse(await readFile(machine.at("reports/rollout/test.json"), "utf8")) as object;
    expect(report).toMatchObject({ result: { environment: "test", unseen: [] } });
    expect(JSON.stringify(report)).toContain('"holding":"current"');
    const kubeconfig = await world.plane.kubeconfigFor({ token: await world.plane.tokenFor(OURS, "phalanx-rollout") });
    const same = JSON.parse(
      (await world.phalanx(["rollout", "status", "test", "--json"], kubeconfig)).stdout,
    ) as object;
    expect(Object.keys(report)).toEqual(Object.keys(same));
  });

  test("a look that is not possible fails, and leaves the answer of before", async () => {
    await mkdir(machine.at("reports/rollout"), { recursive: true });
    await writeFile(machine.at("reports/rollout/test.json"), "before");
    expect(await look({ ROLLOUT_ROLE: "other" })).toMatchObject({ exit: 2, stdout: "" });
    expect(await readdir(machine.at("reports/rollout"))).toEqual(["test.json"]);
    expect(await readFile(machine.at("reports/rollout/test.json"), "utf8")).toBe("before");
  });
});
