import { ROOT } from "./cli.js";
import type { Part } from "./control-plane-part.js";
import type { KubernetesApi } from "./kubernetes-api.js";

/** Creates nodes, and starts what makes them and their pods ready. */
export async function startNodes(
  api: KubernetesApi,
  count: number,
  prepare: (args: readonly string[], ready: () => Promise<boolean>) => Part,
  config: string,
): Promise<void> {
  const names = Array.from({ length: count }, (_, i) => `node-${i + 1}`);
  for (const name of names)
    await api.must("POST", "/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name } });
  const kwok = prepare(
    [
      `--kubeconfig=${config}`,
      `--config=${ROOT}test/cluster/kubelet.yaml`,
      "--manage-all-nodes=true",
      // Without leases the nodes count as lost in less than a minute.
      "--node-lease-duration-seconds=40",
    ],
    async () => {
      const { items } = await api.must<{ items: readonly NodeObject[] }>("GET", "/api/v1/nodes");
      return items.every(({ status }) =>
        status.conditions?.some((each) => each.type === "Ready" && each.status === "True"),
      );
    },
  );
  await kwok.start();
}

interface NodeObject {
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}
