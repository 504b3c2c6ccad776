import { type Finished, phalanxProcess } from "./cli.js";
import { eventually } from "./cluster-node.js";
import { type ControlPlane, startControlPlane } from "./control-plane.js";
import { type Kv, openKv } from "./kv.js";
import { defineVaultSecrets, type SecretsOperator, startSecretsOperator } from "./secrets-operator.js";
import { environmentFiles, makeTree, type TestApplication, type TestTree } from "./tree.js";
import { startVault, type TestVault } from "./vault.js";

/** An environment `test` in Vault and in a cluster, whose operator copies it; each application in a namespace of its name. */
export interface RolloutWorld {
  readonly plane: ControlPlane;
  readonly vault: TestVault;
  readonly tree: TestTree;
  readonly kv: Kv;
  /** Runs the program as an operator would; as the cluster's administrator, unless `kubeconfig` is given. */
  phalanx(args: readonly string[], kubeconfig?: string): Promise<Finished>;
  /** Each workload that uses something, with what it holds; by kind and name. */
  holdings(...args: readonly string[]): Promise<Record<string, string>>;
  /** Starts the operator, and waits until it has copied all of these, and until the second of the copy is over. */
  copy(...applications: readonly string[]): Promise<void>;
  stopCopying(): Promise<void>;
  /** Waits until a rollout is done. */
  ready(namespace: string, workload: string): Promise<void>;
  close(): Promise<void>;
}

export async function openRolloutWorld(applications: Readonly<Record<string, TestApplication>>): Promise<RolloutWorld> {
  const [plane, vault] = await Promise.all([startControlPlane(), startVault()]);
  const charts = Object.keys(applications).map((name): [string, string] => [
    `applications/${name}/templates/vault-secret.yaml`,
    JSON.stringify(vaultSecret(name)),
  ]);
  const tree = await makeTree(environmentFiles(vault.url, applications, Object.fromEntries(charts)));
  const kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
  const copier = openCopier({ plane, vault, kv });
  await defineVaultSecrets(plane);
  for (const name of Object.keys(applications)) await plane.apply(namespace(name), vaultSecret(name));
  const world: RolloutWorld = {
    plane,
    vault,
    tree,
    kv,
    phalanx: (args, kubeconfig = plane.adminKubeconfig) => {
      const env = { VAULT_TOKEN: vault.rootToken, HOME: tree.root, XDG_STATE_HOME: `${tree.root}/state` };
      return phalanxProcess(args, { cwd: tree.root, env: { ...env, KUBECONFIG: kubeconfig } });
    },
    holdings: async (...args) => {
      const { stdout, stderr } = await world.phalanx(["rollout", "status", "test", ...args, "--json"]);
      const { result } = JSON.parse(stdout) as { result: Result | null };
      if (result === null) throw new Error(stderr);
      const found = result.secrets.flatMap(({ deliveries }) => deliveries.flatMap(({ workloads }) => workloads));
      return Object.fromEntries(
        found.map(({ object, holding }) => [`${object.kind.toLowerCase()}/${object.name}`, holding]),
      );
    },
    copy: (...names) => copier.copy(...names),
    stopCopying: () => copier.stop(),
    ready: async (ns, workload) =>
      void (await plane.kubectl(["-n", ns, "rollout", "status", workload, "--timeout=60s"])),
    close: async () => {
      await copier.stop();
      await Promise.all([plane.close(), vault.close(), tree.remove()]);
    },
  };
  return world;
}

/** Copies from a Vault into the cluster of the same tests. */
export function openCopier(world: Pick<RolloutWorld, "kv" | "plane" | "vault">): {
  copy(...applications: readonly string[]): Promise<void>;
  stop(): Promise<void>;
} {
  const { plane, vault } = world;
  let operator: SecretsOperator | undefined;
  return {
    copy: async (...names) => {
      operator ??= startSecretsOperator({ plane, vault: { url: vault.url, token: vault.rootToken } });
      await operator.copyNow();
      await Promise.all(names.map((name) => isCopied(world, name)));
    },
    stop: async () => {
      await operator?.stop();
      operator = undefined;
    },
  };
}

interface Result {
  readonly secrets: readonly {
    readonly deliveries: readonly {
      readonly workloads: readonly {
        readonly object: { readonly kind: string; readonly name: string };
        readonly holding: string;
      }[];
    }[];
  }[];
}

async function isCopied({ kv, plane }: Pick<RolloutWorld, "kv" | "plane">, name: string): Promise<void> {
  await eventually(`The copy of ${name}`, async () => {
    const values = await kv.get(name);
    const { data = {}, metadata } = await plane.api.must<{
      data?: Record<string, string>;
      metadata: { managedFields: { time: string }[] };
    }>("GET", `/api/v1/namespaces/${name}/secrets/${name}`);
    for (const [key, value] of Object.entries(values ?? {}))
      if (data[key] !== Buffer.from(String(value)).toString("base64")) return undefined;
    const newest = Math.max(...metadata.managedFields.map(({ time }) => Date.parse(time)));
    return Date.now() > newest + 1000 ? true : undefined;
  });
}

export const namespace = (name: string): object => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

export const vaultSecret = (name: string, prefix = "secret/phalanx/test"): object => ({
  apiVersion: "ricoberger.de/v1alpha1",
  kind: "VaultSecret",
  metadata: { name, namespace: name },
  spec: { path: `${prefix}/${name}`, type: "Opaque" },
});

/** A workload of apps/v1 whose container uses one key of the Secret in its namespace. */
export function workload(
  kind: string,
  ns: string,
  name: string,
  {
    key = "a",
    spec = {},
    pod = {},
    annotations = {},
  }: {
    readonly key?: string;
    readonly spec?: object;
    readonly pod?: object;
    readonly annotations?: Readonly<Record<string, string>>;
  } = {},
): object {
  const env = [{ name: "VALUE", valueFrom: { secretKeyRef: { name: ns, key } } }];
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace: ns },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name }, annotations },
        spec: { containers: [{ name: "main", image: "main", env }], ...pod },
      },
      ...spec,
    },
  };
}

/**
 * Waits until what has started is old enough for a later change to prove something: times are truncated to seconds, a
 * report comes after the event, and two servers' clocks may differ by three seconds.
 */
export async function age(): Promise<void> {
  const start = Date.now();
  await eventually("Twelve seconds", async () => (Date.now() > start + 12_000 ? true : undefined));
}
