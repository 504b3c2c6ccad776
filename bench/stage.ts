import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadEnvironment } from "../src/config/environment.js";
import { diskTree } from "../src/config/disk-tree.js";
import { type DevConnect, type DevConnectItem, startDevConnect } from "../test/support/dev-connect/index.js";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import type { Application, VaultLocation } from "../src/model/environment.js";
import { type FakeCluster, kubeconfigOf, startCluster } from "../test/support/api-server.js";
import { type Kv, openKv } from "../test/support/kv.js";
import { copied, type ModelCluster, modelCluster, putDeployment, vaultSecret } from "../test/support/model-cluster.js";

/** Servers, and a copy of a configuration that points at them. */
export interface Stage {
  readonly root: string;
  readonly vault: DevVault;
  readonly connect: DevConnect;
  readonly connectTitle: string;
  /** Copies what an environment holds, for a workload of each application. */
  readonly cluster: FakeCluster;
  readonly kubeconfig: string;
  /** Milliseconds that each request waits from now on. */
  delay(milliseconds: number): void;
  /** Requests since the last call, as `GET data`. */
  requests(): string[];
  /** Deletes everything below an environment's prefix. */
  empty(environment: string): Promise<void>;
  /** Gives each application of an environment a secret with a value for each key. */
  fill(environment: string): Promise<void>;
  readonly environments: readonly string[];
  close(): Promise<void>;
}

export interface StageOptions {
  readonly config: string;
  /** The environment whose static secrets are in 1Password. */
  readonly connectEnvironment: string;
}

export async function openStage({ config, connectEnvironment }: StageOptions): Promise<Stage> {
  let wait = 0;
  let seen: string[] = [];
  const onRequest = async ({ method, path }: { method: string; path: string }): Promise<void> => {
    seen.push(`${method} ${path}`);
    if (wait > 0) await sleep(wait);
  };
  const root = await mkdtemp(join(tmpdir(), "phalanx-bench-"));
  await cp(config, root, { recursive: true });
  const vault = await startDevVault({ onRequest });
  const environments = await pointAt(root, vault.url);
  const load = (name: string) => loadEnvironment(diskTree(root, root), name).environment;
  const { onepassword, applications } = load(connectEnvironment);
  const title = onepassword?.vaultTitle ?? "";
  const connect = await startDevConnect({ vaults: [{ title, items: itemsOf(applications) }], onRequest });
  const settings = join(root, "environments", `values-${connectEnvironment}.yaml`);
  const text = await readFile(settings, "utf8");
  await writeFile(settings, text.replace(/^ {2}connectUrl:.*$/m, `  connectUrl: "${connect.url}"`));
  const model = modelCluster();
  const cluster = await startCluster(async (asked, count) => {
    if (wait > 0) await sleep(wait);
    return model.handle(asked, count);
  });
  const kubeconfig = await cluster.write("kubeconfig", kubeconfigOf(cluster.url, { token: "t" }));
  const kvOf = ({ mount, path }: VaultLocation): Kv => openKv(vault.url, vault.rootToken, `${mount}/${path}`);
  return {
    root,
    vault,
    connect,
    connectTitle: title,
    cluster,
    kubeconfig,
    environments,
    delay: (milliseconds) => void (wait = milliseconds),
    requests: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    empty: async (name) => {
      const { vault: at, applications } = load(name);
      for (const application of applications.keys())
        await kvOf(at).call("DELETE", `${at.mount}/metadata/${at.path}/${application}`);
    },
    fill: async (name) => {
      const { vault: at, applications } = load(name);
      for (const [application, { secrets }] of applications) {
        const data = Object.fromEntries([...secrets.keys()].map((key) => [key, `value of ${key}`]));
        if (secrets.size === 0) continue;
        await kvOf(at).put(application, data);
        if (name === connectEnvironment) copy(model, at, application, data);
      }
    },
    close: async () => {
      await cluster.close();
      await connect.close();
      await vault.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Puts into the cluster what its operator would make of an application in Vault, and a Deployment that uses a key of it. */
function copy(
  model: ModelCluster,
  { mount, path }: VaultLocation,
  application: string,
  data: Readonly<Record<string, string>>,
): void {
  model.put("vaultsecrets", vaultSecret(application, application, `${mount}/${path}/${application}`));
  model.put("secrets", copied(application, application, data, Date.now()));
  const [key = ""] = Object.keys(data);
  putDeployment(model, application, "web", { secret: application, key, pods: { "web-1": { created: Date.now() } } });
}

async function pointAt(root: string, url: string): Promise<string[]> {
  const directory = join(root, "environments");
  const names: string[] = [];
  for (const file of await readdir(directory)) {
    const name = /^values-(.+)\.yaml$/.exec(file)?.[1];
    if (name !== undefined) names.push(name);
    const path = join(directory, file);
    await writeFile(path, (await readFile(path, "utf8")).replace(/^vaultUrl:.*$/m, `vaultUrl: "${url}"`));
  }
  return names;
}

function itemsOf(applications: ReadonlyMap<string, Application>): DevConnectItem[] {
  return [...applications.values()].flatMap(({ name, secrets }) => {
    const fields = [...secrets.values()]
      .filter(({ kind }) => kind === "static")
      .map(({ key }) => ({ label: key, value: `eHg=` }));
    return fields.length > 0 ? [{ title: name, fields }] : [];
  });
}
