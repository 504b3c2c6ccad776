import { chmod, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAILS, type FakeHelm, makeFakeHelm, NEVER_ENDS } from "./support/fake-helm.js";
import { type World, worldsForEach } from "./support/world.js";

const openWorld = worldsForEach();
let helm: FakeHelm;
beforeEach(async () => {
  helm = await makeFakeHelm();
});
afterEach(() => helm.remove());

const DELIVERY = "apiVersion: ricoberger.de/v1alpha1\nkind: VaultSecret\nmetadata: {name: app}\n";
const RENDERED = `${DELIVERY}spec: {path: secret/phalanx/test/app}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: main
          env: [{name: P, valueFrom: {secretKeyRef: {name: app, key: p}}}]
`;
const APP = { app: { secrets: "p: {description: x, generate: {type: password}}\nq: {description: x}\n" } };
const WEB = "Deployment web: env P of container main";

async function open(rendered = RENDERED, files: Readonly<Record<string, string>> = {}): Promise<World> {
  const world = await openWorld(APP, { "applications/app/rendered.yaml": rendered, ...files });
  const env = {
    ...world.env,
    PATH: `relative:${dirname(helm.path)}:${process.env["PATH"]}`,
    PHALANX_HELM: "",
    XDG_CACHE_HOME: join(world.tree.root, "cache"),
    HELM_PLUGINS: "/somewhere",
    HELM_REPOSITORY_CONFIG: "/elsewhere",
    OP_CONNECT_TOKEN: "another-secret",
  };
  return { ...world, env, run: (args, options = {}) => world.run(args, { env, ...options }) };
}

const CONSUMERS = ["secrets", "consumers", "test"];
/** Without the line breaks of a report. */
const unfolded = (text: string): string => text.replaceAll(/\s+/g, " ");
const cacheOf = (world: World): string => join(world.tree.root, "cache/phalanx/charts");

describe("charts are rendered by helm", () => {
  test("which learns nothing about who runs it, and gets no plugin", async () => {
    const world = await open(RENDERED, {
      "applications/app/values-test.yaml": "a: 1\n",
      "applications/app/values-other.yaml": "a: 2\n",
    });
    const { exit, stdout, stderr } = await world.run(CONSUMERS);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    expect(stdout).toContain(WEB);
    expect(stdout).not.toContain("templates");
    const [call, ...others] = await helm.calls();
    expect(others).toEqual([]);
    const { args = [], env = {}, files } = call ?? {};
    expect(args.slice(0, 4)).toEqual(["template", "app", "--namespace", "app"]);
    expect(args).toContain("global.vaultSecretsPath=secret/phalanx/test");
    expect(args.join(" ")).not.toMatch(/post-renderer|--validate|--repo/);
    expect(args.filter((word) => word === "--values")).toHaveLength(1);
    expect(files).toEqual(["Chart.yaml", "rendered.yaml"]);
    const { HOME = "", HELM_PLUGINS, HELM_NO_PLUGINS, PATH: _, ...rest } = env;
    expect(HELM_PLUGINS).toBe(`${HOME}/no-plugins`);
    expect(HELM_NO_PLUGINS).toBe("1");
    expect(JSON.stringify(rest)).not.toMatch(/token|secret|elsewhere|VAULT/i);
    // Nothing is left of it.
    await expect(stat(HOME)).rejects.toThrow("ENOENT");
  });

  test("only once, as long as the chart does not change", async () => {
    const world = await open();
    const first = await world.run(CONSUMERS);
    expect(await world.run(CONSUMERS)).toEqual(first);
    expect(await helm.calls()).toHaveLength(1);
    await world.tree.write("applications/app/templates/other.yaml", "# another");
    expect(await world.run(CONSUMERS)).toEqual(first);
    expect(await helm.calls()).toHaveLength(2);
  });

  test("the cache holds no manifest, and only its owner can read it", async () => {
    const world = await open(`${RENDERED}          args: ["--password=hunter2"]\n`);
    await world.run(CONSUMERS);
    const entry = (await readdir(cacheOf(world))).find((name) => name.endsWith(".json")) ?? "";
    const path = join(cacheOf(world), entry);
    expect(await readFile(path, "utf8")).not.toContain("hunter2");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(cacheOf(world))).mode & 0o777).toBe(0o700);
  });

  test.each([
    ["is cut off", '{"deliveries":['],
    ["has another shape", '{"deliveries":[{"by":"Me"}],"consumers":[],"untold":0}'],
    ["is empty", ""],
  ])("an entry of the cache that %s is made anew", async (_, text) => {
    const world = await open();
    const first = await world.run(CONSUMERS);
    const entry = (await readdir(cacheOf(world))).find((name) => name.endsWith(".json")) ?? "";
    await writeFile(join(cacheOf(world), entry), text);
    expect(await world.run(CONSUMERS)).toEqual(first);
    expect(await helm.calls()).toHaveLength(2);
    expect(await world.run(CONSUMERS)).toEqual(first);
    expect(await helm.calls()).toHaveLength(2);
  });

  test("a cache that others can write to is not used", async () => {
    const world = await open();
    await mkdir(cacheOf(world), { recursive: true });
    await chmod(cacheOf(world), 0o777);
    await world.run(CONSUMERS);
    await world.run(CONSUMERS);
    expect(await helm.calls()).toHaveLength(2);
    expect(await readdir(cacheOf(world))).toEqual([]);
  });

  test("what nobody has used for 30 days is removed, and nothing that is not ours", async () => {
    const world = await open();
    await mkdir(cacheOf(world), { recursive: true, mode: 0o700 });
    const [old, young] = [`${"a".repeat(64)}.json`, `${"b".repeat(64)}.json`];
    const [before, lately] = [31, 29].map((days) => new Date(Date.now() - days * 24 * 3600 * 1000));
    for (const [name, time] of [
      [old, before],
      [young, lately],
      ["letter.txt", before],
    ] as const) {
      await writeFile(join(cacheOf(world), name), "{}");
      await utimes(join(cacheOf(world), name), time ?? 0, time ?? 0);
    }
    await world.run(CONSUMERS);
    const left = await readdir(cacheOf(world));
    expect(left).toEqual(expect.arrayContaining([young, "letter.txt"]));
    expect(left).not.toContain(old);
  });

  test("a link that leads out of the tree is not followed, and is reported", async () => {
    const world = await open();
    await mkdir(join(world.tree.root, "applications/app/templates"));
    await symlink("/etc/passwd", join(world.tree.root, "applications/app/templates/passwd.yaml"));
    await symlink("/etc", join(world.tree.root, "applications/app/files"));
    const { stdout } = await world.run(CONSUMERS);
    expect(unfolded(stdout)).toContain(
      "app: templates/passwd.yaml of its chart was not read: it is a link to a path outside the configuration",
    );
    expect((await helm.calls()).flatMap(({ files }) => files)).toEqual(["Chart.yaml", "rendered.yaml"]);
  });

  test("what it cannot render is not known, with its reason", async () => {
    const world = await open(`${FAILS}\n`);
    const { exit, stdout } = await world.run(CONSUMERS);
    expect(exit).toBe(0);
    expect(stdout).toContain("in no known Kubernetes Secret");
    expect(unfolded(stdout)).toContain(
      "app: helm cannot render its chart: template: app/templates/x.yaml:3:5: a value is missing",
    );
  });

  test("rendering a chart whose output never ends is stopped", async () => {
    const world = await open(`${NEVER_ENDS}\n`);
    const { exit, stdout } = await world.run(CONSUMERS);
    expect(exit).toBe(0);
    expect(unfolded(stdout)).toContain("helm printed more than 64 MiB");
  });

  test("if helm cannot be started, the report says so", async () => {
    const world = await open();
    const path = join(world.tree.root, "no-helm");
    await writeFile(path, "#!/does/not/exist\n", { mode: 0o755 });
    const { exit, stdout } = await world.run(CONSUMERS, { env: { ...world.env, PHALANX_HELM: path } });
    expect(exit).toBe(0);
    expect(unfolded(stdout)).toContain("helm cannot be started (ENOENT)");
  });
});

describe("a run", () => {
  const SYNC = ["secrets", "sync", "test", "--secrets", "static.yaml"];
  const ROTATE = ["secrets", "rotate", "test", "app/p", "--yes"];

  test("names the workload that holds what it has changed, and starts no helm where it has changed nothing", async () => {
    const world = await open(RENDERED, { "static.yaml": "applications: {app: {q: {value: v}}}\n" });
    expect(await world.run(SYNC)).toMatchObject({ exit: 0 });
    expect(await world.run(SYNC)).toMatchObject({ exit: 0 });
    await world.run(["secrets", "audit", "test"]);
    await world.run(["lint"]);
    await world.run(["diff"]);
    await world.run(["secrets", "plan", "test", "--secrets", "static.yaml"]);
    expect(await helm.calls()).toEqual([]);
    const { exit, stderr } = await world.run(ROTATE);
    expect(exit).toBe(0);
    expect(stderr).toContain("\n    kubectl -n app rollout restart deployment/web\n");
    expect(stderr).not.toContain("templates");
    expect(await helm.calls()).toHaveLength(1);
  });

  test("ends as it would without helm where that fails after the writes", async () => {
    const world = await open(`${FAILS}\n`);
    await world.run(["secrets", "rotate", "test", "app/p", "--yes"]);
    const { exit, stdout, stderr } = await world.run(ROTATE);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: "Updated Vault secret for app p\n" });
    expect(stderr).toContain("# app: helm cannot render its chart: template:");
  });

  test("says it in JSON", async () => {
    const world = await open();
    await world.run(ROTATE);
    const { stdout } = await world.run([...ROTATE, "--json"]);
    const { result } = JSON.parse(stdout) as { result: { restart: unknown } };
    const object = { kind: "Deployment", group: "apps", namespace: "app", name: "web" };
    const command = "kubectl -n app rollout restart deployment/web";
    const step = { ...object, advice: "rollout-restart", files: false, command };
    expect(result.restart).toEqual([{ application: "app", namespace: "app", by: "helm", steps: [step], notKnown: [] }]);
  });
});
