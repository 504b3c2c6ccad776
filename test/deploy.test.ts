import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Container, PodSpec } from "kubernetes-types/core/v1.js";
import { load, loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "./support/cli.js";
import { BASE, type Manifest, podOf, ROLLOUT, readManifests, schemaProblems } from "./support/manifests.js";
import { has } from "./support/programs.js";

/** Of the base and of the component. */
let manifests: Manifest[];
let inBase: number;
beforeAll(async () => {
  const read = async (directory: string): Promise<Manifest[]> =>
    (await Promise.all((await resourcesOf(directory)).map((file) => readManifests(`${directory}/${file}`)))).flat();
  const base = await read(BASE);
  inBase = base.length;
  manifests = [...base, ...(await read(ROLLOUT))];
});

async function resourcesOf(directory: string): Promise<string[]> {
  return (load(await readFile(`${directory}/kustomization.yaml`, "utf8")) as { resources: string[] }).resources;
}

const pods = (): [string, PodSpec][] =>
  manifests.flatMap((manifest): [string, PodSpec][] => {
    const pod = podOf(manifest);
    return pod === undefined ? [] : [[`${manifest.kind} ${manifest.metadata.name}`, pod]];
  });
const containersOf = (pod: PodSpec): Container[] => [...(pod.initContainers ?? []), ...pod.containers];

describe("the manifests", () => {
  test("are valid for the schemas of Kubernetes, which know every field of them", async () => {
    expect(await schemaProblems(manifests)).toBe("");
    const misspelt = JSON.parse(JSON.stringify(manifests).replace('"runAsNonRoot"', '"runAsNoRoot"')) as Manifest[];
    expect(await schemaProblems(misspelt)).toContain("runAsNoRoot");
  });

  test.each([BASE, ROLLOUT])("are all named in the kustomization of %s, and nothing else is", async (directory) => {
    const resources = await resourcesOf(directory);
    const files = (await readdir(directory)).filter(
      (name) => name.endsWith(".yaml") && !/^(kustomization|phalanx\.fleet)\.yaml$/.test(name),
    );
    expect([...resources].sort()).toEqual(files.sort());
  });

  test("run as nobody, with nothing to gain and nowhere to write", () => {
    expect(pods().map(([name]) => name)).toEqual([
      "CronJob phalanx-audit",
      "Job phalanx-sync",
      "CronJob phalanx-fleet",
      "Deployment phalanx-metrics",
      "CronJob phalanx-rollout",
    ]);
    for (const [, pod] of pods()) {
      expect(pod.enableServiceLinks).toBe(false);
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 65_532,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(pod.volumes?.filter(({ hostPath }) => hostPath)).toEqual([]);
      for (const { securityContext, resources } of containersOf(pod)) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(resources?.limits).toHaveProperty("memory");
      }
    }
  });

  test("mount one token, which is good for Vault alone; only volumes that exist are mounted", () => {
    const tokenOfCluster = pods().flatMap(([name, pod]) => (pod.automountServiceAccountToken === false ? [] : [name]));
    expect(tokenOfCluster).toEqual(["CronJob phalanx-rollout"]);
    for (const [, pod] of pods()) {
      const tokens = pod.volumes?.flatMap(({ projected }) => projected?.sources ?? []) ?? [];
      for (const { serviceAccountToken } of tokens)
        expect(serviceAccountToken).toMatchObject({ audience: "vault", path: "token" });
      const names = pod.volumes?.map(({ name }) => name);
      for (const { volumeMounts = [] } of containersOf(pod))
        for (const { name } of volumeMounts) expect(names).toContain(name);
    }
  });

  test("have as many shards as pods", () => {
    const { spec } = manifests.find(({ metadata: { name } }) => name === "phalanx-fleet") ?? {};
    const job = (
      spec as { jobTemplate: { spec: { completions: number; parallelism: number; template: { spec: PodSpec } } } }
    ).jobTemplate.spec;
    expect(job.parallelism).toBe(job.completions);
    for (const { name, env = [] } of containersOf(job.template.spec))
      if (name !== "config") expect(env.find((each) => each.name === "SHARDS")?.value).toBe(String(job.completions));
  });
});

const KUBECTL = has("kubectl", "kustomize", "--help");

describe.skipIf(!KUBECTL)("kubectl kustomize", () => {
  let directory: string;
  beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), "phalanx-kustomize-"))));
  afterAll(() => rm(directory, { recursive: true }));
  const build = (resources: readonly string[], components: readonly string[] = []): Manifest[] => {
    const own = mkdtempSync(join(directory, "own-"));
    const paths = (names: readonly string[]): string[] => names.map((name) => relative(own, `${ROOT}deploy/${name}`));
    const text = JSON.stringify({ resources: paths(resources), components: paths(components) });
    writeFileSync(join(own, "kustomization.yaml"), text);
    return loadAll(execFileSync("kubectl", ["kustomize", own], { encoding: "utf8", stdio: "pipe" })) as Manifest[];
  };

  test("builds the base, valid and in one namespace", async () => {
    const built = build(["kubernetes/base"]);
    expect(await schemaProblems(built)).toBe("");
    expect(built.length).toBe(inBase + 2);
    expect(JSON.stringify(built)).not.toContain('"image":"phalanx"');
  });

  test("builds the base with the component: one service account more, whose role in Vault the map names", async () => {
    const built = build(["kubernetes/base"], ["kubernetes/rollout"]);
    expect(await schemaProblems(built)).toBe("");
    expect(built.length).toBe(manifests.length + 2);
    expect(JSON.stringify(built)).not.toContain('"image":"phalanx"');
    const settings = built.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "phalanx")?.data;
    expect(settings).toMatchObject({ ENVIRONMENT: "demo", ROLLOUT_ROLE: "phalanx-rollout" });
  });

  test("builds the overlay for Argo CD: the sync comes first, and what it needs before it", async () => {
    const built = build(["argocd"]);
    expect(await schemaProblems(built)).toBe("");
    const hooks = built.flatMap(({ kind, metadata: { name, annotations } }) => {
      const hook = annotations?.["argocd.argoproj.io/hook"];
      return hook === undefined
        ? []
        : [`${hook} ${annotations?.["argocd.argoproj.io/sync-wave"] ?? "0"} ${kind} ${name}`];
    });
    expect(hooks.sort()).toEqual([
      "PreSync -1 ConfigMap phalanx",
      "PreSync -1 ServiceAccount phalanx-sync",
      "PreSync -2 Namespace phalanx",
      "PreSync 0 Job phalanx-sync",
    ]);
  });
});
