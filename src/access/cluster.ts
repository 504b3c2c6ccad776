import { findCluster } from "../kubernetes/find-cluster.js";
import { type Cluster, openCluster } from "../kubernetes/cluster.js";
import type { Environment } from "../model/environment.js";
import type { ClusterName } from "../model/rollout.js";
import { type Context, notify } from "../terminal/context.js";
import { recallCluster } from "./cluster-memory.js";

/** Which cluster a command reads. */
export interface ClusterOption {
  readonly context?: string;
  readonly kubeconfig?: string;
  /** The UID of its namespace kube-system, to confirm that it is the environment's cluster. */
  readonly clusterUid?: string;
}

/** An opened cluster, and what is already known about it. */
export interface OpenedCluster {
  readonly cluster: Cluster;
  readonly name: ClusterName;
  readonly kubeconfig: string | undefined;
  /** The UID confirmed earlier for the same context. */
  readonly uid: string | undefined;
  /** Whether it is already remembered. */
  readonly isRemembered: boolean;
}

/**
 * Runs `work` with a connection to an environment's cluster: that of `--context`, else the one used before, else
 * kubectl's current one. Always closes the connection.
 */
export async function withCluster<T>(
  context: Context,
  environment: Environment,
  options: ClusterOption,
  work: (opened: OpenedCluster) => Promise<T>,
): Promise<T> {
  const remembered = await recallCluster(context, environment);
  const isTold = options.context !== undefined || options.kubeconfig !== undefined;
  const wanted = isTold ? options : { context: remembered?.context, kubeconfig: remembered?.kubeconfig };
  const access = await findCluster(wanted, {
    env: context.env,
    cwd: context.cwd,
    stdin: context.stdin,
    now: context.now,
    sleep: context.sleep,
    notify: (found) => notify(context, found),
    requestLog: context.requestLog,
  });
  const isRemembered = remembered !== undefined && remembered.context === access.context;
  const opened = openCluster(access, context);
  const { server } = access;
  try {
    return await work({
      cluster: opened,
      name: { context: access.context, server },
      kubeconfig: wanted.kubeconfig,
      uid: isRemembered ? remembered.uid : undefined,
      isRemembered: isRemembered && remembered.kubeconfig === wanted.kubeconfig,
    });
  } finally {
    opened.close();
  }
}
