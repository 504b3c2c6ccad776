import { readFile } from "node:fs/promises";
import { beforeEach, afterEach, describe, expect, test } from "vitest";
import { type FakeCluster, kubeconfigOf, startCluster } from "./support/api-server.js";
import type { Finished, RunOptions } from "./support/cli.js";
import {
  copied,
  type ModelCluster,
  modelCluster,
  podObject,
  putDeployment,
  seconds,
  vaultSecret,
} from "./support/model-cluster.js";
import { worldsForEach, type World } from "./support/world.js";

const HOUR = 3_600_000;
const open = worldsForEach();
const APPLICATIONS = {
  portal: {
    secrets: "a: {description: x, generate: {type: password}}\nb: {description: x, generate: {type: password}}\n",
  },
};

let world: World;
let cluster: ModelCluster;
let server: FakeCluster;

/** An environment whose secrets are in Vault, and a cluster whose operator has copied them an hour ago. */
beforeEach(async () => {
  world = await open(APPLICATIONS);
  cluster = modelCluster();
  server = await startCluster((asked, count) => cluster.handle(asked, count));
  await world.tree.write("kubeconfig", JSON.stringify(kubeconfigOf(server.url, { token: "t" })));
  await world.run(["secrets", "sync", "test"]);
  cluster.put("vaultsecrets", vaultSecret("portal", "portal", "secret/phalanx/test/portal"));
});
afterEach(() => server.close());

function status(args: readonly string[] = [], options: RunOptions = {}): Promise<Finished> {
  return world.run(["rollout", "status", "test", "--kubeconfig", `${world.tree.root}/kubeconfig`, ...args], options);
}

async function values(): Promise<Record<string, string>> {
  return (await world.kv.get("portal")) as Record<string, string>;
}

async function copy(moment = Date.now()): Promise<void> {
  cluster.put("secrets", copied("portal", "portal", await values(), moment));
}

/** The lines about workloads. */
async function workloads(args: readonly string[] = []): Promise<{ readonly exit: number; readonly lines: string[] }> {
  const { exit, stdout } = await status([...args, "--json"]);
  const { result } = JSON.parse(stdout) as { result: { secrets: Secret[] } };
  const lines = result.secrets.flatMap(({ deliveries }) =>
    deliveries.flatMap(({ workloads: found }) =>
      found.map(
        ({ object, holding, reasons, stalls }) =>
          `${holding} ${object.kind.toLowerCase()}/${object.name}: ${[...reasons.map(({ reason }) => reason), ...stalls].map(({ kind }) => kind).join(", ")}`,
      ),
    ),
  );
  return { exit, lines };
}

interface Secret {
  readonly deliveries: readonly {
    readonly workloads: readonly {
      readonly object: { readonly kind: string; readonly name: string };
      readonly holding: string;
      readonly reasons: readonly { readonly reason: { readonly kind: string } }[];
      readonly stalls: readonly { readonly kind: string }[];
    }[];
  }[];
}

const PORTAL = { secret: "portal", key: "a" } as const;

test("from a rotation to the last pod", async () => {
  await copy(Date.now());
  putDeployment(cluster, "portal", "web", { ...PORTAL, pods: { "web-1": { created: Date.now() - HOUR } } });
  cluster.put("secrets", copied("portal", "portal", await values(), Date.now() - 2 * HOUR));
  // The sync was a moment ago: what runs since an hour cannot hold what it generated.
  expect(await workloads()).toEqual({ exit: 1, lines: ["old deployment/web: started-before-change"] });

  await world.run(["secrets", "rotate", "test", "portal/a", "--yes"]);
  const rotated = await status(["portal/a"]);
  expect(rotated.exit).toBe(1);
  expect(rotated.stdout).toMatch(/differs from Vault: a\n/);
  expect(rotated.stdout).toMatch(/^ {4}old {7}deployment\/web\n {16}1 pod started before the change, at/m);
  expect(rotated.stdout).toMatch(/^Wait until the secrets operator of the cluster has copied portal\/portal: /m);
  expect(rotated.stdout).toMatch(
    /If that does not\s+happen:\n {4}kubectl --kubeconfig \S+ --context here -n portal describe vaultsecret portal\n/,
  );
  expect(rotated.stdout).not.toMatch(/restart deployment/);

  await copy();
  const arrived = await status(["portal/a"]);
  expect(arrived.stdout).toMatch(
    /^The Secrets of these match Vault, so a restart gets the new values\. If one is\s+the password of a database, first make sure that the database accepts it:\n {4}kubectl --kubeconfig \S+ --context here -n portal rollout restart deployment\/web$/m,
  );

  putDeployment(cluster, "portal", "web", { ...PORTAL, pods: { "web-2": { created: Date.now() + 2000 } } });
  cluster.remove("pods", "portal/web-1");
  expect(await workloads()).toEqual({ exit: 0, lines: ["current deployment/web: created-after-copy"] });
  const done = await status();
  expect(done.stdout).toMatch(/^1 workload: all current\.$/m);
});

test("no value, and nothing made from one, is in any output", async () => {
  await copy();
  putDeployment(cluster, "portal", "web", { ...PORTAL, pods: { "web-1": { created: Date.now() } } });
  const held = Object.values(await values());
  for (const args of [[], ["--json"], ["--verbose"]]) {
    const { stdout, stderr } = await status(args);
    for (const value of held)
      for (const form of [value, Buffer.from(value).toString("base64")]) expect(stdout + stderr).not.toContain(form);
  }
});

test("a Secret that somebody has edited by hand differs from Vault", async () => {
  cluster.put("secrets", copied("portal", "portal", { ...(await values()), a: "mine" }, Date.now()));
  putDeployment(cluster, "portal", "web", { ...PORTAL, pods: { "web-1": { created: Date.now() + 2000 } } });
  expect(await workloads()).toEqual({ exit: 1, lines: ["in-doubt deployment/web: differs"] });
  expect((await status(["portal/b"])).stdout).toMatch(/matches Vault, written/);
});

test("a Secret that outlives what Vault has deleted does not match it", async () => {
  await copy();
  await world.kv.softDelete("portal");
  const { stdout } = await status();
  expect(stdout).toMatch(/^portal: deleted in Vault\n.*: Vault has no value to compare\s+with$/m);
  expect(stdout).not.toMatch(/matches Vault/);
});

describe("what Vault has no value for", () => {
  const line = (text: string): string => `\n    ${text}\n`;
  beforeEach(async () => {
    await copy();
    putDeployment(cluster, "portal", "web", { ...PORTAL, pods: { "web-1": { created: Date.now() - HOUR } } });
  });

  test("is restored first, by a line that works", async () => {
    await world.kv.softDelete("portal");
    const { exit, stdout } = await status();
    expect(exit).toBe(1);
    expect(stdout).toContain(
      "The latest version of portal in Vault, 1, is soft-deleted: do not restart its\n  workloads. First restore it:" +
        line("phalanx secrets restore test --kv-version latest portal"),
    );
    expect(stdout).not.toContain("kubectl");
    const restored = await world.run(["secrets", "restore", "test", "--kv-version", "latest", "portal", "--yes"]);
    expect(restored.exit).toBe(0);
    expect((await status()).stdout).toContain("rollout restart deployment/web");
  });

  test("is restored from before the run that a restore took back", async () => {
    await world.kv.softDelete("portal");
    await world.run(["secrets", "sync", "test", "--generate-anew", "portal"]);
    await world.run(["secrets", "restore", "test", "--last", "--yes"]);
    expect((await status()).stdout).toContain(line("phalanx secrets restore test --kv-version 1 portal"));
  });

  test("is not waited for: the operator has nothing to copy", async () => {
    await world.kv.softDelete("portal");
    cluster.remove("secrets", "portal/portal");
    const { exit, stdout } = await status();
    expect(exit).toBe(1);
    expect(stdout).not.toContain("Wait until");
    expect(stdout).toContain("First restore it:");
  });

  test("is looked for in the history if it was destroyed", async () => {
    await world.kv.destroy("portal", 1);
    expect((await status()).stdout.replaceAll(/\s+/g, " ")).toContain(
      "in Vault, 1, is destroyed: do not restart its workloads. First restore an older version, if there is one. To list the versions: phalanx secrets history test portal",
    );
  });
});

describe("what nothing in the cluster copies", () => {
  const UNKNOWN = "nothing in the cluster copies it, so it is unknown which workloads hold its values";
  const flat = (text: string): string => text.replaceAll(/\s+/g, " ");
  beforeEach(() => copy());
  /** Something has to copy from the prefix, or the cluster is not recognised. */
  const uncopied = (): void => {
    cluster.put("vaultsecrets", vaultSecret("portal", "other", "secret/phalanx/test/other"));
    cluster.remove("vaultsecrets", "portal/portal");
  };

  test("is not settled if somebody asked about it, whether or not they wait", async () => {
    uncopied();
    for (const args of [["portal"], ["portal/a"], ["portal/a", "--wait", "20s"]]) {
      let polls = 0;
      const { exit, stdout } = await status(args, {
        sleep: async () => {
          polls++;
          if (polls === 3) cluster.put("vaultsecrets", vaultSecret("portal", "portal", "secret/phalanx/test/portal"));
        },
      });
      if (args.includes("--wait")) {
        expect({ exit, polls }).toEqual({ exit: 0, polls: 3 });
        continue;
      }
      expect(exit).toBe(1);
      expect(flat(stdout)).toContain(UNKNOWN);
      expect(stdout).toMatch(/\n {4}phalanx secrets consumers test portal\n$/);
      expect(stdout).not.toContain("No workload uses");
    }
  });

  test("is not settled if a run wrote it", async () => {
    const rotated = await world.run(["secrets", "rotate", "test", "portal/b", "--yes"]);
    const [, id = ""] = /--run (\S+)/.exec(rotated.stderr) ?? [];
    uncopied();
    const { exit, stdout } = await status(["--run", id]);
    expect(exit).toBe(1);
    expect(flat(stdout)).toContain(UNKNOWN);
  });

  test("may be what the environment no longer requires", async () => {
    const rotated = await world.run(["secrets", "rotate", "test", "portal/b", "--yes"]);
    const [, id = ""] = /--run (\S+)/.exec(rotated.stderr) ?? [];
    cluster.put("vaultsecrets", vaultSecret("other", "other", "secret/phalanx/test/other"));
    cluster.remove("vaultsecrets", "portal/portal");
    const file = "environments/values-test.yaml";
    const before = await readFile(`${world.tree.root}/${file}`, "utf8");
    await world.tree.write("applications/other/Chart.yaml", "apiVersion: v2\nname: other\nversion: 1.0.0\n");
    await world.tree.write(file, before.replace("portal: true", "other: true"));
    const { exit, stdout } = await status(["--run", id]);
    expect(exit).toBe(1);
    expect(flat(stdout)).toContain(UNKNOWN);
    expect(stdout).not.toContain("consumers");
  });

  test("may be an application that is not deployed, if nobody asked about it", async () => {
    uncopied();
    const { exit, stdout } = await status();
    expect(exit).toBe(0);
    expect(flat(stdout)).toContain(UNKNOWN);
    expect(stdout).not.toMatch(/No workload uses|consumers/);
  });

  test("may be a single key", async () => {
    cluster.put("vaultsecrets", {
      ...vaultSecret("portal", "portal", "secret/phalanx/test/portal"),
      spec: { path: "secret/phalanx/test/portal", type: "Opaque", keys: ["b"] },
    });
    putDeployment(cluster, "portal", "web", {
      secret: "portal",
      key: "b",
      pods: { "web-1": { created: Date.now() + 2000 } },
    });
    expect((await status(["portal"])).exit).toBe(0);
    expect((await status(["portal/b"])).exit).toBe(0);
    const one = await status(["portal/a"]);
    expect(one.exit).toBe(1);
    expect(flat(one.stdout)).toContain(
      "nothing in the cluster copies a, so it is unknown which workloads hold its value",
    );
    expect(one.stdout).toMatch(/\n {4}phalanx secrets consumers test portal\/a\n$/);
    expect(one.stdout).not.toContain("matches Vault");
    const both = await status(["portal/a", "portal/b"]);
    expect(both.exit).toBe(1);
    expect(flat(both.stdout)).toContain(
      "nothing in the cluster copies a, so it is unknown which workloads hold its value",
    );
    expect(flat(both.stdout)).toContain(
      "1 workload: all current. It is unknown which workloads hold the values of portal/a.",
    );
    expect(both.stdout).toMatch(/\n {4}phalanx secrets consumers test portal\/a\n$/);
  });

  test("may not be in Vault either", async () => {
    await world.kv.unset("portal", "a");
    const { exit, stdout } = await status(["portal/a"]);
    expect(exit).toBe(1);
    expect(stdout).toContain("it does not hold the keys in question");
  });
});

test("what may not be read is not restarted yet, and what matches Vault is", async () => {
  await copy();
  const old = { created: Date.now() - HOUR };
  cluster.put("vaultsecrets", vaultSecret("portal", "hidden", "secret/phalanx/test/portal"));
  putDeployment(cluster, "portal", "web", { ...PORTAL, pods: { "web-1": old } });
  putDeployment(cluster, "portal", "veiled", { ...PORTAL, secret: "hidden", pods: { "veiled-1": old } });
  putDeployment(cluster, "portal", "slow", {
    ...PORTAL,
    secret: "hidden",
    pods: { "slow-1": old },
    spec: { paused: true },
  });
  cluster.forbidden.add("get secrets portal/hidden");
  const { stdout } = await status();
  const [, matching = "", hidden = ""] =
    /^The Secrets of these match ([^]*)^Do not restart these yet\. ([^]*)$/m.exec(stdout) ?? [];
  expect(matching).toContain("rollout restart deployment/web");
  expect(matching).not.toMatch(/veiled|slow/);
  expect(hidden).toMatch(/rollout restart deployment\/veiled\n/);
  expect(hidden).toContain("    # deployment/slow in portal\n");
  expect(stdout).not.toContain("rollout resume");
  const { result } = JSON.parse((await status(["--json"])).stdout) as { result: { restart: string[] } };
  expect(result.restart).toEqual([expect.stringContaining("deployment/web")]);
});

test("a workload is not to be restarted while another of its Secrets differs from Vault", async () => {
  await copy();
  cluster.put("vaultsecrets", vaultSecret("portal", "more", "secret/phalanx/test/portal"));
  cluster.put("secrets", copied("portal", "more", { ...(await values()), b: "earlier" }, Date.now()));
  const from = (name: string, key: string) => ({ name: key, valueFrom: { secretKeyRef: { name, key } } });
  const template = { spec: { containers: [{ name: "main", env: [from("portal", "a"), from("more", "b")] }] } };
  const pods = { "web-1": { created: Date.now() - HOUR } };
  putDeployment(cluster, "portal", "web", { ...PORTAL, pods, spec: { template } });
  const { stdout } = await status();
  expect(stdout).toMatch(/has copied portal\/more: /);
  expect(stdout).not.toMatch(/rollout restart/);
});

describe("what counts", () => {
  beforeEach(() => copy(Date.now()));

  test("pods that are ending or have ended do not", async () => {
    const created = Date.now() - HOUR;
    putDeployment(cluster, "portal", "web", {
      ...PORTAL,
      pods: {
        "web-1": { created, terminating: true },
        "web-2": { created, phase: "Succeeded" },
        "web-3": { created: Date.now() + 2000 },
      },
    });
    expect(await workloads()).toEqual({ exit: 0, lines: ["current deployment/web: created-after-copy"] });
  });

  test("a rollout that hangs, is paused, or waits for somebody says so", async () => {
    const old = { created: Date.now() - HOUR };
    const pods = { "web-1": old, "web-2": { created: Date.now() + 2000, waiting: "ImagePullBackOff" } };
    putDeployment(cluster, "portal", "web", { ...PORTAL, pods, status: { updatedReplicas: 1 } });
    putDeployment(cluster, "portal", "slow", { ...PORTAL, pods: { "slow-1": old }, spec: { paused: true } });
    putDeployment(cluster, "portal", "manual", {
      ...PORTAL,
      pods: { "manual-1": old },
      spec: { updateStrategy: { type: "OnDelete" } },
    });
    expect((await workloads()).lines).toEqual([
      "old deployment/manual: started-before-change, on-delete",
      "old deployment/slow: started-before-change, paused",
      "old deployment/web: started-before-change, not-started, not-updated",
    ]);
    expect((await status()).stdout).toMatch(/not started: ImagePullBackOff/);
  });

  test("what has no pods reads the Secret when it runs next", async () => {
    putDeployment(cluster, "portal", "off", { ...PORTAL, pods: {}, spec: { replicas: 0 } });
    putDeployment(cluster, "portal", "gone", { ...PORTAL, pods: {}, spec: { replicas: 2 } });
    const env = [{ name: "A", valueFrom: { secretKeyRef: { name: "portal", key: "a" } } }];
    cluster.put("cronjobs", {
      metadata: { namespace: "portal", name: "nightly" },
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: "main", env }] } } } } },
    });
    expect((await workloads()).lines).toEqual([
      "in-doubt deployment/gone: not-started, not-updated",
      "current cronjob/nightly: nothing-runs",
      "current deployment/off: nothing-runs",
    ]);
  });

  test("files are refreshed, but never those mounted with subPath", async () => {
    const old = { created: Date.now() - HOUR };
    putDeployment(cluster, "portal", "files", { ...PORTAL, how: "volume", pods: { "files-1": old } });
    putDeployment(cluster, "portal", "single", { ...PORTAL, how: "sub-path", pods: { "single-1": old } });
    expect((await workloads()).lines).toEqual([
      "old deployment/single: started-before-change",
      "in-doubt deployment/files: file-not-refreshed",
    ]);
    await copy(Date.now() - 200_000);
    expect((await workloads()).lines).toEqual([
      "old deployment/single: started-before-change",
      "current deployment/files: file-refreshed",
    ]);
    expect((await status()).stdout.replace(/\s+/g, " ")).toMatch(/it is unknown whether the process has reread it/);
  });

  test("a pod that belongs to nothing, and one of a kind that nobody knows", async () => {
    const spec = {
      containers: [{ name: "main", env: [{ name: "A", valueFrom: { secretKeyRef: { name: "portal", key: "a" } } }] }],
    };
    const about = { created: Date.now() - HOUR };
    const owner = { ownerReferences: [{ apiVersion: "x.example/v1", kind: "Robot", name: "r", controller: true }] };
    cluster.put("pods", podObject("portal", "lone", {}, spec, about));
    cluster.put("pods", podObject("portal", "r-1", owner, spec, about));
    expect((await workloads()).lines).toEqual([
      "old pod/lone: started-before-change",
      "old robot/r: started-before-change",
    ]);
  });
});

describe("rights", () => {
  test("without those to read Secrets, nothing is called current, and the line that allows it is said", async () => {
    await copy();
    cluster.forbidden.add("get secrets");
    putDeployment(cluster, "portal", "web", { ...PORTAL, pods: { "web-1": { created: Date.now() + 2000 } } });
    putDeployment(cluster, "portal", "old", { ...PORTAL, pods: { "old-1": { created: Date.now() - HOUR } } });
    expect(await workloads()).toEqual({
      exit: 1,
      lines: ["old deployment/old: started-before-change", "in-doubt deployment/web: secret-unreadable"],
    });
    expect((await status()).stderr).toMatch(/not allowed to read 1 Secret[\s\S]*phalanx rollout rights test/);
  });

  test("without those to look at workloads there is no answer, and all that lacks is said at once", async () => {
    cluster.forbidden.add("list pods").add("list jobs");
    const { exit, stdout, stderr } = await status();
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
    expect(stderr).toMatch(/not allowed to list pods in namespace portal/);
    expect(stderr).toMatch(/not allowed to list jobs\.batch in namespace portal/);
    expect(stderr).toMatch(/phalanx rollout rights test/);
  });
});

describe("which cluster", () => {
  beforeEach(() => copy());

  test("one that copies from another prefix is refused", async () => {
    cluster.put("vaultsecrets", vaultSecret("portal", "portal", "secret/phalanx/test2/portal"));
    const { exit, stdout, stderr } = await status();
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
    expect(stderr).toMatch(/context here is not the cluster of test: it copies from secret\/phalanx\/test2, not from/);
  });

  test("one in which nothing copies is refused", async () => {
    cluster.remove("vaultsecrets", "portal/portal");
    expect((await status()).stderr).toMatch(/Nothing in context here copies from secret\/phalanx\/test/);
  });

  test("its context is remembered, and another cluster behind it is refused", async () => {
    expect((await status()).stderr).toMatch(/context here is remembered as the cluster of test/);
    expect((await status()).stderr).toBe("");
    expect((await world.run(["rollout", "status", "test"])).stderr).toBe("");
    cluster.uid = "11111111-2222-3333-4444-555555555555";
    const { exit, stderr } = await status();
    expect(exit).toBe(2);
    expect(stderr).toMatch(/context here is not the cluster that test used before/);
    expect((await status(["--cluster-uid", cluster.uid])).exit).not.toBe(2);
    expect((await status()).stderr).toBe("");
  });

  test("where two environments share a prefix, it has to be confirmed once", async () => {
    await world.tree.write(
      "environments/values-twin.yaml",
      (await world.run(["secrets", "list", "test"])).stdout === ""
        ? ""
        : `name: twin\nvaultUrl: ${world.proxy.url}\nvaultPathPrefix: secret/phalanx/test\napplications: {portal: true}\n`,
    );
    const refused = await status();
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toMatch(/test shares its prefix in Vault with twin/);
    const [, uid = ""] = /--cluster-uid (\S+)/.exec(refused.stderr) ?? [];
    expect(uid).toBe(cluster.uid);
    expect((await status(["--cluster-uid", uid])).exit).not.toBe(2);
    expect((await status()).stderr).toBe("");
  });
});

test("a run can be asked about, and what other runs wrote is left out", async () => {
  await copy();
  const rotated = await world.run(["secrets", "rotate", "test", "portal/b", "--yes"]);
  const [, id = ""] = /--run (\S+)/.exec(rotated.stderr) ?? [];
  const { stdout } = await status(["--run", id]);
  expect(stdout).toMatch(/^ {2}b changed/m);
  expect(stdout).not.toMatch(/^ {2}a changed/m);
  const { exit, stderr } = await status(["--run", "20200101T000000Z-000000"]);
  expect(exit).toBe(2);
  expect(stderr).toMatch(/phalanx secrets history test lists the runs/);
});

test("of a run whose version before it is gone, any key may have changed", async () => {
  await copy(Date.now() - 2 * HOUR);
  putDeployment(cluster, "portal", "web", { ...PORTAL, pods: { "web-1": { created: Date.now() - HOUR } } });
  const rotated = await world.run(["secrets", "rotate", "test", "portal/a", "--yes"]);
  const [, id = ""] = /--run (\S+)/.exec(rotated.stderr) ?? [];
  await world.kv.destroy("portal", 1);
  const { exit, stdout } = await status(["--run", id]);
  expect(exit).toBe(1);
  expect(stdout).toContain("deployment/web");
});

test("--wait ends when everything is current; a pod created in the same second as the copy counts as new", async () => {
  const now = Date.now();
  putDeployment(cluster, "portal", "web", { ...PORTAL, pods: { "web-1": { created: now - HOUR } } });
  const steps = [
    () => copy(now),
    () => {
      putDeployment(cluster, "portal", "web", { ...PORTAL, pods: { "web-2": { created: Date.parse(seconds(now)) } } });
      cluster.remove("pods", "portal/web-1");
    },
  ];
  const { exit, stdout } = await status(["--wait", "10m"], { sleep: async () => steps.shift()?.() });
  expect(exit).toBe(0);
  expect(stdout).toMatch(/current {3}deployment\/web: 1 pod created after the Secret was written/);
});

test("each kind is listed once in each namespace, and nothing is asked for each pod", async () => {
  await copy();
  const pods = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`web-${i}`, { created: Date.now() }]));
  putDeployment(cluster, "portal", "web", { ...PORTAL, pods });
  await status();
  expect(new Set(cluster.listed).size).toBe(cluster.listed.length);
  expect(server.asked.length).toBe(1 + 3 + 1 + 7);
});
