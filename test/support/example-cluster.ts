import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { phalanxProcess, ROOT } from "./cli.js";
import { startControlPlane } from "./control-plane.js";
import { partPath } from "./control-plane-part.js";
import { openKv } from "./kv.js";
import { namespace, openCopier } from "./rollout-world.js";
import { defineVaultSecrets } from "./secrets-operator.js";
import { openShell } from "./shell.js";
import { startVault } from "./vault.js";

const run = promisify(execFile);

/** The environment `demo` of the example: in Vault, and, as helm renders it, in a cluster with copied Secrets. */
export interface ExampleCluster {
  /** Runs what an operator types, in the configuration; returns the output, with the names used in the pages. */
  type(command: string): Promise<string>;
  /** The cluster's operator copies until it is stopped. */
  copy(): Promise<void>;
  stopCopying(): Promise<void>;
  close(): Promise<void>;
}

/** @param applications The example's running applications; each in a namespace of its name. */
export async function openExampleCluster(...applications: readonly string[]): Promise<ExampleCluster> {
  const home = await mkdtemp(join(tmpdir(), "phalanx-example-"));
  const [plane, vault] = await Promise.all([startControlPlane(), startVault()]);
  const copier = openCopier({ plane, vault, kv: openKv(vault.url, vault.rootToken, "secret/phalanx/demo") });
  const close = async (): Promise<void> => {
    await copier.stop();
    await Promise.all([plane.close(), vault.close(), rm(home, { recursive: true, force: true })]);
  };
  try {
    const shell = await openShell(home);
    const root = shell.directory();
    await cp(`${ROOT}example`, root, { recursive: true });
    const settings = join(root, "environments/values-demo.yaml");
    await writeFile(settings, (await readFile(settings, "utf8")).replace(PAGE_VAULT, vault.url));
    const parts = join(partPath("kubectl"), "..");
    shell.export({
      PATH: `${home}/.bin:${parts}:${process.env["PATH"] ?? ""}`,
      // Programs in this process need the path of helm.
      PHALANX_HELM: partPath("helm"),
      VAULT_TOKEN: vault.rootToken,
      KUBECONFIG: await plane.kubeconfigFor({ token: plane.adminToken }, { name: "gke-demo" }),
    });
    const synced = await phalanxProcess(["secrets", "sync", "demo", "--secrets", "secrets-demo.yaml"], {
      cwd: root,
      env: { VAULT_TOKEN: vault.rootToken, HOME: home },
    });
    if (synced.exit !== 0) throw new Error(synced.stderr);
    await defineVaultSecrets(plane);
    await plane.apply(...applications.map(namespace), VOLUME);
    for (const name of applications) {
      const values = ["--set", "global.vaultSecretsPath=secret/phalanx/demo"];
      const { stdout } = await run(partPath("helm"), ["template", name, `applications/${name}`, ...values], {
        cwd: root,
      });
      await plane.kubectl(["apply", "-n", name, "-f", "-"], stdout);
    }
    await copier.copy(...applications);
    return {
      type: async (command) =>
        (await shell.run(command)).replaceAll(vault.url, PAGE_VAULT).replaceAll(home, "/home/ada"),
      copy: () => copier.copy(...applications),
      stopCopying: () => copier.stop(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const PAGE_VAULT = "http://127.0.0.1:8200";

/** Requested by a StatefulSet of the example. */
const VOLUME = {
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: "data" },
  spec: {
    accessModes: ["ReadWriteOnce"],
    capacity: { storage: "20Gi" },
    hostPath: { path: "/data" },
  },
};
