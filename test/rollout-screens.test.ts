import { readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakeCluster, kubeconfigOf, startCluster } from "./support/api-server.js";
import { phalanx, ROOT } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import {
  copied,
  type ModelCluster,
  modelCluster,
  podObject,
  putDeployment,
  vaultSecret,
} from "./support/model-cluster.js";
import { HAS_TMUX, openScreen } from "./support/screen.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";
import { startVault, type TestVault } from "./support/vault.js";

const HOUR = 3_600_000;
const PASSWORD = "{description: x, generate: {type: password}}";
const APPLICATIONS = {
  gatekeeper: {
    secrets:
      `session-key: ${PASSWORD}\n` +
      "database-password: {description: x, copy: {application: postgres, key: gatekeeper-password}}\n",
  },
  notebooks: { secrets: `crypt-key: ${PASSWORD}\nproxy-token: ${PASSWORD}\n` },
  portal: { secrets: `session-secret: ${PASSWORD}\n` },
  postgres: { secrets: `gatekeeper-password: ${PASSWORD}\n` },
};
const UPDATE = process.env["PHALANX_WRITE_TRANSCRIPTS"] === "1";

describe.skipIf(!HAS_TMUX)("rollout status on the screen", () => {
  let vault: TestVault;
  let tree: TestTree;
  let kv: Kv;
  let cluster: ModelCluster;
  let server: FakeCluster;
  let env: Record<string, string>;

  beforeEach(async () => {
    vault = await startVault();
    tree = await makeTree(environmentFiles(vault.url, APPLICATIONS));
    env = { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state` };
    await phalanx(["secrets", "sync", "test"], { cwd: tree.root, env });
    kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
    cluster = modelCluster();
    server = await startCluster((asked, count) => cluster.handle(asked, count));
    await tree.write("kubeconfig", JSON.stringify(kubeconfigOf(server.url, { token: "t" })));
    for (const name of Object.keys(APPLICATIONS))
      cluster.put("vaultsecrets", vaultSecret(name, name, `secret/phalanx/test/${name}`));
  });
  afterEach(() => Promise.all([server.close(), vault.close(), tree.remove()]));

  const copy = async (name: string): Promise<void> => {
    cluster.put("secrets", copied(name, name, (await kv.get(name)) as Record<string, string>, Date.now()));
  };

  const compare = async (name: string, ...args: readonly string[]): Promise<void> => {
    for (const columns of [40, 80, 120]) {
      const file = `${ROOT}test/screens/${name}-${columns}.txt`;
      const command = ["rollout", "status", "test", "--kubeconfig", "kubeconfig", ...args].join(" ");
      const screen = await openScreen(command, { cwd: tree.root, env, columns, rows: 120 });
      await screen.ended();
      const text = (await screen.look())
        .replaceAll(tree.root, "/home/ada")
        .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, "2026-11-24 07:01:02 UTC");
      await screen.close();
      if (UPDATE) await writeFile(file, text);
      expect(text).toBe(await readFile(file, "utf8"));
    }
  };

  test("what is old, what hangs and what nobody can tell is found at a glance", async () => {
    const old = { created: Date.now() - HOUR };
    const fresh = { created: Date.now() + 2000 };
    await copy("gatekeeper");
    await copy("notebooks");
    await copy("postgres");
    putDeployment(cluster, "gatekeeper", "gatekeeper", {
      secret: "gatekeeper",
      key: "database-password",
      pods: { "gatekeeper-1": old, "gatekeeper-2": old, "gatekeeper-3": { ...fresh, waiting: "ImagePullBackOff" } },
      status: { updatedReplicas: 1 },
    });
    putDeployment(cluster, "gatekeeper", "keys", {
      secret: "gatekeeper",
      key: "session-key",
      how: "volume",
      pods: { "keys-1": old },
    });
    putDeployment(cluster, "notebooks", "hub", {
      secret: "notebooks",
      key: "crypt-key",
      how: "sub-path",
      pods: { "hub-1": old },
      spec: { paused: true },
    });
    putDeployment(cluster, "notebooks", "proxy", { secret: "notebooks", key: "proxy-token", pods: { p: fresh } });
    putDeployment(cluster, "portal", "portal", { secret: "portal", key: "session-secret", pods: { "portal-1": old } });
    putDeployment(cluster, "postgres", "postgres", {
      secret: "postgres",
      key: "gatekeeper-password",
      pods: { "postgres-1": old },
    });
    const taken = [{ name: "A", valueFrom: { secretKeyRef: { name: "postgres", key: "gatekeeper-password" } } }];
    const template = { spec: { containers: [{ name: "main", env: taken }] } };
    cluster.put("cronjobs", {
      metadata: { namespace: "postgres", name: "backup" },
      spec: { jobTemplate: { spec: { template } } },
    });
    const owner = { ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name: "import", controller: true }] };
    cluster.put("pods", podObject("postgres", "import-1", owner, template.spec, old));
    await compare("rollout");
  });

  test("what may not be read is said where it matters", async () => {
    cluster.forbidden.add("get secrets portal");
    putDeployment(cluster, "portal", "portal", {
      secret: "portal",
      key: "session-secret",
      pods: { "portal-1": { created: Date.now() + 2000 } },
    });
    await copy("postgres");
    putDeployment(cluster, "postgres", "postgres", {
      secret: "postgres",
      key: "gatekeeper-password",
      pods: { "postgres-1": { created: Date.now() - HOUR } },
    });
    await compare("rollout-unread", "portal", "postgres");
  });

  test("what Vault has lost is restored before anything restarts", async () => {
    await copy("notebooks");
    const pods = { "hub-1": { created: Date.now() - HOUR } };
    putDeployment(cluster, "notebooks", "hub", { secret: "notebooks", key: "crypt-key", pods });
    await kv.softDelete("notebooks");
    await compare("rollout-deleted", "notebooks");
  });

  test("what nothing in the cluster copies is unknown, not done", async () => {
    cluster.remove("vaultsecrets", "portal/portal");
    await compare("rollout-uncopied", "portal/session-secret");
  });
});
