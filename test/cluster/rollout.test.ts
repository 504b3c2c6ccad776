import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../support/cluster-node.js";
import { age, openRolloutWorld, type RolloutWorld, workload } from "../support/rollout-world.js";

const PASSWORD = "{description: x, generate: {type: password}}";

/** One application for each test: they run in any order. */
const ALONE = ["edited", "stalled", "ended", "looked"];

let world: RolloutWorld;
beforeAll(async () => {
  world = await openRolloutWorld({
    portal: { secrets: `a: ${PASSWORD}\nb: ${PASSWORD}\n` },
    reader: { secrets: "a: {description: x, copy: {application: portal, key: a}}\n" },
    ...Object.fromEntries(ALONE.map((name) => [name, { secrets: `a: ${PASSWORD}\n` }])),
  });
  await world.phalanx(["secrets", "sync", "test"]);
  await world.copy("portal", "reader", ...ALONE);
});
afterAll(() => world?.close());

const status = (...args: readonly string[]): ReturnType<RolloutWorld["phalanx"]> =>
  world.phalanx(["rollout", "status", "test", ...args]);

async function rotate(...names: readonly string[]): Promise<string> {
  const { stderr } = await world.phalanx(["secrets", "rotate", "test", ...names, "--yes"]);
  return /--run (\S+)/.exec(stderr)?.[1] ?? "";
}

test("a rotation is followed to the last container, by the lines that are printed", async () => {
  await world.plane.apply(
    workload("Deployment", "portal", "web", { spec: { replicas: 2 } }),
    workload("StatefulSet", "portal", "store", { spec: { serviceName: "store" } }),
    workload("DaemonSet", "portal", "agent"),
    workload("Deployment", "portal", "other", { key: "b" }),
    workload("Deployment", "reader", "copy"),
  );
  await Promise.all([
    world.ready("portal", "deployment/web"),
    world.ready("portal", "statefulset/store"),
    world.ready("portal", "daemonset/agent"),
    world.ready("portal", "deployment/other"),
    world.ready("reader", "deployment/copy"),
  ]);
  const before = await status("portal", "reader");
  expect(before.stdout + before.stderr).toMatch(/^5 workloads: all current\.$/m);
  expect(before.exit).toBe(0);

  await Promise.all([world.stopCopying(), age()]);
  const run = await rotate("portal/a");
  expect(await world.holdings("--run", run)).toEqual({
    "deployment/web": "old",
    "statefulset/store": "old",
    "daemonset/agent": "old",
    "deployment/copy": "old",
  });
  const waiting = await status("--run", run);
  expect(waiting.stdout.replace(/\s+/g, " ")).toContain(
    "Wait until the secrets operator of the cluster has copied portal/portal, reader/reader:",
  );

  await world.copy("portal", "reader");
  const arrived = await status("--run", run);
  expect(arrived.exit).toBe(1);
  const lines = arrived.stdout.split("\n").filter((line) => line.startsWith("    kubectl "));
  expect(lines.map((line) => line.replace(/.* -n /, ""))).toEqual([
    "portal rollout restart daemonset/agent",
    "portal rollout restart deployment/web",
    "portal rollout restart statefulset/store",
    "reader rollout restart deployment/copy",
  ]);
  for (const line of lines) await world.plane.kubectl(line.trim().split(" ").slice(1));
  const end = await status("--run", run, "--wait", "60s");
  expect(end.stdout).toMatch(/^4 workloads: all current\.$/m);
  expect(end.exit).toBe(0);
});

test("a Secret that was edited by hand differs from Vault, and what started meanwhile never counts as current", async () => {
  await world.stopCopying();
  const patch = { data: { a: Buffer.from("mine").toString("base64") } };
  await world.plane.api.must("PATCH", "/api/v1/namespaces/edited/secrets/edited", patch);
  await world.plane.apply(workload("Deployment", "edited", "web"));
  await world.ready("edited", "deployment/web");
  expect(await world.holdings("edited")).toEqual({ "deployment/web": "in-doubt" });
  await world.copy("edited");
  // The Secret is right again, and this pod has what was there before.
  expect(await world.holdings("edited")).toEqual({ "deployment/web": "in-doubt" });
  await world.plane.kubectl(["-n", "edited", "rollout", "restart", "deployment/web"]);
  await world.ready("edited", "deployment/web");
  expect((await status("edited", "--wait", "60s")).exit).toBe(0);
});

test("a rollout that hangs, one that is paused and one that waits for somebody say so", async () => {
  await world.plane.apply(
    workload("Deployment", "stalled", "hangs"),
    workload("Deployment", "stalled", "paused"),
    workload("StatefulSet", "stalled", "manual", {
      spec: { serviceName: "manual", updateStrategy: { type: "OnDelete" } },
    }),
  );
  await Promise.all(["deployment/hangs", "deployment/paused"].map((each) => world.ready("stalled", each)));
  await eventually("The pod of manual", async () =>
    (await world.holdings("stalled"))["statefulset/manual"] === "current" ? true : undefined,
  );
  await age();
  await world.plane.kubectl(["-n", "stalled", "rollout", "pause", "deployment/paused"]);
  await rotate("stalled/a");
  await world.copy("stalled");
  await world.plane.apply(workload("Deployment", "stalled", "hangs", { annotations: { "phalanx.test/hangs": "" } }));
  await world.plane.kubectl(["-n", "stalled", "rollout", "restart", "statefulset/manual"]);
  const { exit, stdout } = await status("stalled", "--wait", "3s");
  expect(exit).toBe(1);
  const text = stdout.replace(/\s+/g, " ");
  expect(text).toMatch(/old deployment\/hangs 1 pod started before the change, at [^(]*\(a\) 1 pod not started/);
  expect(text).toMatch(
    /hangs in stalled is being rolled out\. To watch it: kubectl .* rollout status deployment\/hangs/,
  );
  expect(text).toMatch(
    /paused in stalled is paused\. Find out why .* To resume it, and then restart it: kubectl .* rollout resume deployment\/paused && kubectl .* rollout restart deployment\/paused/,
  );
  expect(text).toMatch(/old deployment\/paused 1 pod started .* \(a\) paused/);
  expect(text).toMatch(/old statefulset\/manual .*OnDelete: a pod is replaced only when somebody deletes it/);
});

test("pods that are ending and Jobs that have ended do not count", async () => {
  await world.plane.apply(workload("Deployment", "ended", "lingers", { annotations: { "phalanx.test/lingers": "" } }), {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "once", namespace: "ended" },
    spec: {
      template: {
        spec: {
          restartPolicy: "Never",
          containers: [
            {
              name: "main",
              image: "main",
              env: [{ name: "A", valueFrom: { secretKeyRef: { name: "ended", key: "a" } } }],
            },
          ],
        },
      },
    },
  });
  await world.ready("ended", "deployment/lingers");
  await world.plane.kubectl(["-n", "ended", "wait", "--for=condition=Complete", "job/once", "--timeout=60s"]);
  await age();
  await rotate("ended/a");
  await world.copy("ended");
  expect(await world.holdings("ended")).toEqual({ "deployment/lingers": "old" });
  await world.plane.kubectl(["-n", "ended", "rollout", "restart", "deployment/lingers"]);
  expect((await status("ended", "--wait", "60s")).exit).toBe(0);
});

test("an API server that stops in the middle ends in one line, and in no answer", async () => {
  await world.plane.apiServer.kill();
  const { exit, stdout, stderr } = await status();
  await world.plane.apiServer.restart();
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
  expect(stderr).toMatch(/^Error: .*Kubernetes/);
  expect(stderr).not.toMatch(/ at .*\.js/);
  expect((await status()).exit).not.toBe(2);
});

test("the rights that are printed are enough, and any less is said", async () => {
  const { stdout: roles } = await world.phalanx(["rollout", "rights", "test", "--service-account", "looked/looker"]);
  await world.plane.apply({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "looker", namespace: "looked" },
  });
  const token = await world.plane.tokenFor("looked", "looker");
  const kubeconfig = await world.plane.kubeconfigFor({ token });
  const look = (): ReturnType<RolloutWorld["phalanx"]> => world.phalanx(["rollout", "status", "test"], kubeconfig);
  const before = await look();
  expect(before.exit).toBe(2);
  expect(before.stderr).toMatch(/not allowed to list vaultsecrets\.ricoberger\.de in namespace portal/);
  await world.plane.kubectl(["apply", "-f", "-"], roles);
  const after = await look();
  expect(after.stderr).not.toMatch(/not allowed/);
  const undated = (text: string): string => text.replace(/ at \S+ \S+ UTC$/m, "");
  expect(undated(after.stdout)).toBe(undated((await status()).stdout));
  const can = (...what: readonly string[]): Promise<string> =>
    world.plane
      .kubectl(["auth", "can-i", "--as=system:serviceaccount:looked:looker", "-n", "portal", ...what])
      .catch(() => "no");
  expect((await can("list", "secrets")).trim()).toBe("no");
  expect((await can("delete", "pods")).trim()).toBe("no");
  expect((await can("patch", "deployments")).trim()).toBe("no");
});
