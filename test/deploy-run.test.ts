import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PodSpec } from "kubernetes-types/core/v1.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { compareCodePoints } from "../src/model/code-points.js";
import { FleetReport } from "../src/model/fleet-report.js";
import type { Finished } from "./support/cli.js";
import { ROOT } from "./support/cli.js";
import { IN_CI } from "./support/size.js";
import { type Cluster, giveAway, type Machine, openMachine, writeReadable } from "./support/container.js";
import { makeRepository, runGit, type TestRepository } from "./support/git.js";
import { type Kv, openKv } from "./support/kv.js";
import { BASE, podOf, readManifests } from "./support/manifests.js";
import { type Proxy, startProxy } from "./support/proxy.js";
import { rolloutAnswer, rolloutStatus, workload } from "./support/rollout-answer.js";

const JWT = "token-of-the-service-account";
const ENVIRONMENTS = ["dev", "int", "prod", "test"];

let vault: TestVault;
let server: Proxy;
let kv: Kv;
let repository: TestRepository;
let machine: Machine;
let cluster: Cluster;

beforeAll(async () => {
  vault = await startVault();
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/dev");
  server = await startProxy(vault.url, async ({ path, body }) => {
    if (path !== "auth/kubernetes/login") return "pass";
    const { role, jwt } = JSON.parse(body) as { role: string; jwt: string };
    if (jwt !== JWT || !["phalanx-audit", "phalanx-sync"].includes(role))
      return { status: 403, body: '{"errors":["no"]}' };
    const created = await kv.call("POST", "auth/token/create", { policies: ["root"], no_parent: true });
    return { status: 200, body: created.text };
  });
  repository = await makeRepository({
    "environments/values.yaml": "applications: {}\n",
    "applications/app/Chart.yaml": "name: app\n",
    "applications/app/secrets.yaml": "password: {description: x, generate: {type: password}}\n",
    ...Object.fromEntries(
      ENVIRONMENTS.map((name) => [
        `environments/values-${name}.yaml`,
        `name: ${name}\nvaultUrl: ${server.url}\nvaultPathPrefix: secret/phalanx/${name}\napplications: {app: true}\n`,
      ]),
    ),
  });
  machine = await openMachine();
  await runGit(["clone", "--quiet", "--bare", repository.root, machine.at("configuration.git")], "/");
  await giveAway(machine.at("configuration.git"));
  await writeReadable(machine.at("run/vault/token"), `${JWT}\n`);
  const fleet = await readFile(`${BASE}/phalanx.fleet.yaml`, "utf8");
  await writeReadable(machine.at("etc/phalanx/fleet.yaml"), fleet.replace("/run/vault", machine.at("run/vault")));
  const settings = (await readFile(`${BASE}/phalanx.env`, "utf8")).matchAll(/^(\w+)=(.*)$/gm);
  cluster = {
    configMaps: {
      phalanx: {
        ...Object.fromEntries([...settings].map(([, name = "", value = ""]) => [name, value])),
        CONFIG_REPOSITORY: `file://${machine.at("configuration.git")}`,
        ENVIRONMENT: "dev",
        VAULT_ADDR: server.url,
      },
    },
  };
});
afterAll(() => Promise.all([server.close(), vault.close(), repository.remove(), machine.remove()]));

async function podNamed(file: string): Promise<PodSpec> {
  const [manifest] = await readManifests(`${BASE}/${file}`);
  const pod = manifest && podOf(manifest);
  if (pod === undefined) throw new Error(`${file} makes no pod`);
  return pod;
}

/** Runs the containers of a pod one after the other, as the kubelet does; ends with the first that fails. */
async function runPod(file: string, more: Partial<Cluster> = {}): Promise<Finished> {
  const { initContainers = [], containers } = await podNamed(file);
  await rm(machine.at("config"), { recursive: true, force: true });
  await machine.makeVolume("config");
  let done: Finished = { exit: 0, stdout: "", stderr: "" };
  for (const container of [...initContainers, ...containers]) {
    done = await machine.run(container, { ...cluster, ...more });
    if (done.exit !== 0) break;
  }
  return done;
}

describe.skipIf(!IN_CI)("what the manifests run, as a user who may write nothing else", () => {
  beforeEach(async () => {
    await kv.call("DELETE", "secret/metadata/phalanx/dev/app");
    await rm(machine.at("reports"), { recursive: true, force: true });
  });

  test("audit, sync, audit: the exit status is what the job fails on", async () => {
    expect(await runPod("audit.yaml")).toEqual({ exit: 1, stdout: "Missing secrets:\n• app password\n", stderr: "" });
    expect(await runPod("sync.yaml")).toMatchObject({ exit: 0, stdout: "Created Vault secret for app\n" });
    expect(await runPod("audit.yaml")).toEqual({ exit: 0, stdout: "", stderr: "" });
    expect(server.requests.at(-1)?.path).toBe("auth/token/revoke-self");
    expect(await readdir(machine.root)).toEqual(["config", "configuration.git", "etc", "opt", "run", "usr"]);
  });

  test("the fleet in parts, one per pod; the first one puts them together", async () => {
    expect(await runPod("sync.yaml")).toMatchObject({ exit: 0 });
    await machine.makeVolume("reports");
    const secrets = { "phalanx-fleet": { PHALANX_FINGERPRINT_KEY: "k".repeat(32) } };
    const pod = (index: number): Promise<Finished> =>
      runPod("fleet.yaml", { jobName: "phalanx-fleet-1", index, secrets });
    for (const index of [3, 2, 1]) expect(await pod(index)).toEqual({ exit: 0, stdout: "", stderr: "" });
    expect(await readdir(machine.at("reports/phalanx-fleet-1"))).toEqual(["part-1.json", "part-2.json", "part-3.json"]);
    const look = rolloutStatus("dev", new Date().toISOString(), [workload("portal", "old", "password")]);
    await mkdir(machine.at("reports/rollout"));
    await writeFile(machine.at("reports/rollout/dev.json"), rolloutAnswer(look));
    const merged = await pod(0);
    expect(merged).toMatchObject({ exit: 1, stderr: "" });
    expect(await readdir(machine.at("reports"))).toEqual(["fleet.html", "fleet.json", "metrics", "rollout"]);
    const report = FleetReport.parse(JSON.parse(await readFile(machine.at("reports/fleet.json"), "utf8")));
    expect(report.environments.map(({ name, counts }) => [name, counts.missing])).toEqual(
      ENVIRONMENTS.map((name) => [name, name === "dev" ? 0 : 1]),
    );
    expect(report.sharing.checked).toBe("everywhere");
    expect(report.commit).toMatch(/^[0-9a-f]{12}$/);
    expect(await readFile(machine.at("reports/metrics/phalanx.prom"), "utf8")).toContain(
      'phalanx_environment_findings{environment="prod",kind="missing"} 1\n',
    );
    expect(await readFile(machine.at("reports/metrics/phalanx.prom"), "utf8")).toContain(
      'phalanx_rollout_workloads{environment="dev",holding="old"} 1\n',
    );
  });

  test("a part that could not be made ends its pod with the error", async () => {
    const broken = { phalanx: { ...cluster.configMaps?.["phalanx"], CONFIG_REVISION: "nowhere" } };
    const done = await runPod("fleet.yaml", { jobName: "phalanx-fleet-2", index: 0, configMaps: broken });
    expect(done).toMatchObject({ exit: 128, stderr: expect.stringContaining("nowhere") });
  });

  test("a configuration that names another server than VAULT_ADDR gets no token", async () => {
    const before = server.requests.length;
    const other = { phalanx: { ...cluster.configMaps?.["phalanx"], VAULT_ADDR: "https://vault.example.org" } };
    for (const file of ["audit.yaml", "sync.yaml"])
      expect(await runPod(file, { configMaps: other })).toMatchObject({ exit: 2, stdout: "" });
    expect(server.requests.length).toBe(before);
  });

  test("a login that Vault refuses is exit status 2", async () => {
    const other = { phalanx: { ...cluster.configMaps?.["phalanx"], AUDIT_ROLE: "other" } };
    expect(await runPod("audit.yaml", { configMaps: other })).toMatchObject({ exit: 2, stdout: "" });
  });
});

test("what the Containerfile copies is enough to build the program", async () => {
  const text = await readFile(`${ROOT}deploy/Containerfile`, "utf8");
  const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = ""]) => names.split(" "));
  const allowed = [...(await readFile(`${ROOT}.dockerignore`, "utf8")).matchAll(/^!(.+)$/gm)].map(
    ([, name = ""]) => name,
  );
  expect(copied.sort()).toEqual(allowed.sort(compareCodePoints));
  const directory = await mkdtemp(join(tmpdir(), "phalanx-image-"));
  try {
    for (const name of copied) await cp(`${ROOT}${name}`, join(directory, name), { recursive: true });
    await symlink(`${ROOT}node_modules`, join(directory, "node_modules"));
    execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: directory, stdio: "pipe" });
    expect(execFileSync(process.execPath, ["dist/bin.cjs", "--version"], { cwd: directory, encoding: "utf8" })).toMatch(
      /^\d/,
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
