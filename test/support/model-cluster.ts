import { randomUUID } from "node:crypto";
import { failure, type Handle } from "./api-server.js";

type Json = Readonly<Record<string, unknown>>;

/** An API server's content, as far as rollout status reads it. Times are explicit, so that tests control them. */
export interface ModelCluster {
  readonly handle: Handle;
  /** Adds an object, or replaces the one with its name. */
  put(resource: string, object: Json & { readonly metadata: Json }): void;
  remove(resource: string, name: string): void;
  /** The UID of kube-system. */
  uid: string;
  /** Forbidden actions, as `get secrets` or `list pods`; of one namespace or object, as `get secrets portal/portal`. */
  readonly forbidden: Set<string>;
  /** List requests, as `pods portal`. */
  readonly listed: string[];
}

/** The kind in a resource's list. */
const KINDS: Readonly<Record<string, string>> = {
  pods: "PodList",
  deployments: "DeploymentList",
  statefulsets: "StatefulSetList",
  daemonsets: "DaemonSetList",
  replicasets: "ReplicaSetList",
  jobs: "JobList",
  cronjobs: "CronJobList",
  vaultsecrets: "VaultSecretList",
  externalsecrets: "ExternalSecretList",
  vaultstaticsecrets: "VaultStaticSecretList",
};

export function modelCluster(): ModelCluster {
  const objects = new Map<string, Map<string, Json & { readonly metadata: Json }>>();
  const listed: string[] = [];
  const forbidden = new Set<string>();
  const model: ModelCluster = {
    uid: randomUUID(),
    listed,
    forbidden,
    put: (resource, object) => {
      const kept = objects.get(resource) ?? new Map();
      objects.set(resource, kept);
      kept.set(`${String(object.metadata["namespace"])}/${String(object.metadata["name"])}`, {
        ...object,
        metadata: { resourceVersion: randomUUID(), uid: randomUUID(), ...object.metadata },
      });
    },
    remove: (resource, name) => void objects.get(resource)?.delete(name),
    handle: ({ path }) => {
      const { pathname } = new URL(path, "https://cluster");
      if (pathname === "/api/v1/namespaces/kube-system") {
        if (forbidden.has("get namespaces")) return failure(403, "Forbidden");
        return {
          body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system", uid: model.uid } },
        };
      }
      const [, apiVersion = "", namespace = "", resource = "", name] =
        /^\/(?:api|apis)\/(v1|[^/]+\/[^/]+)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
      const action = `${name === undefined ? "list" : "get"} ${resource}`;
      if (
        forbidden.has(action) ||
        forbidden.has(`${action} ${namespace}`) ||
        forbidden.has(`${action} ${namespace}/${String(name)}`)
      )
        return failure(403, "Forbidden");
      const own = [...(objects.get(resource) ?? [])].filter(([id]) => id.startsWith(`${namespace}/`));
      if (name !== undefined) {
        const found = own.find(([id]) => id === `${namespace}/${name}`)?.[1];
        return found === undefined ? failure(404, "NotFound") : { body: { apiVersion, kind: "Secret", ...found } };
      }
      listed.push(`${resource} ${namespace}`);
      return {
        body: {
          apiVersion,
          kind: KINDS[resource],
          metadata: { resourceVersion: "1" },
          items: own.map(([, found]) => found),
        },
      };
    },
  };
  return model;
}

/** Whole seconds, as Kubernetes writes them. */
export function seconds(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}

/** A VaultSecret of ricoberger's operator. */
export function vaultSecret(namespace: string, name: string, path: string): Json & { readonly metadata: Json } {
  return {
    apiVersion: "ricoberger.de/v1alpha1",
    kind: "VaultSecret",
    metadata: { namespace, name },
    spec: { path, type: "Opaque" },
  };
}

/** A Secret, as written by the operator at a given moment. */
export function copied(
  namespace: string,
  name: string,
  values: Readonly<Record<string, string>>,
  moment: number,
): Json & { readonly metadata: Json } {
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
  );
  return {
    metadata: {
      namespace,
      name,
      creationTimestamp: seconds(moment),
      managedFields: [{ manager: "operator", operation: "Update", time: seconds(moment), fieldsV1: { "f:data": {} } }],
    },
    type: "Opaque",
    data,
  };
}

/** How a pod's container uses it. */
export type Taken = "env" | "volume" | "sub-path";

function podSpec(secret: string, key: string, how: Taken): Json {
  if (how === "env") {
    const env = [{ name: "VALUE", valueFrom: { secretKeyRef: { name: secret, key } } }];
    return { containers: [{ name: "main", env }] };
  }
  const subPath = how === "sub-path" ? { subPath: key } : {};
  return {
    containers: [{ name: "main", volumeMounts: [{ name: "files", mountPath: "/etc/files", ...subPath }] }],
    volumes: [{ name: "files", secret: { secretName: secret, items: [{ key, path: key }] } }],
  };
}

export interface ModelPod {
  readonly created: number;
  readonly phase?: string;
  readonly terminating?: boolean;
  /** Why its container waits. */
  readonly waiting?: string;
}

/** Adds a Deployment with its ReplicaSet and these pods. */
export function putDeployment(
  cluster: ModelCluster,
  namespace: string,
  name: string,
  {
    secret,
    key,
    how = "env",
    pods,
    spec = {},
    status = {},
  }: {
    readonly secret: string;
    readonly key: string;
    readonly how?: Taken;
    readonly pods: Readonly<Record<string, ModelPod>>;
    readonly spec?: Json;
    readonly status?: Json;
  },
): void {
  const template = { spec: podSpec(secret, key, how) };
  const replicas = Object.keys(pods).length;
  cluster.put("deployments", {
    metadata: { namespace, name, generation: 1 },
    spec: { replicas, template, ...spec },
    status: { observedGeneration: 1, updatedReplicas: replicas, ...status },
  });
  const owner = (kind: string, of: string): Json => ({
    ownerReferences: [{ apiVersion: "apps/v1", kind, name: of, controller: true }],
  });
  cluster.put("replicasets", {
    metadata: { namespace, name: `${name}-1`, ...owner("Deployment", name) },
    spec: { template },
  });
  for (const [pod, about] of Object.entries(pods))
    cluster.put("pods", podObject(namespace, pod, owner("ReplicaSet", `${name}-1`), template.spec, about));
}

export function podObject(
  namespace: string,
  name: string,
  owner: Json,
  spec: Json,
  { created, phase = "Running", terminating = false, waiting }: ModelPod,
): Json & { readonly metadata: Json } {
  const started = seconds(created + 1000);
  return {
    metadata: {
      namespace,
      name,
      ...owner,
      creationTimestamp: seconds(created),
      ...(terminating && { deletionTimestamp: started }),
      managedFields: [{ manager: "kubelet", time: started, fieldsV1: { "f:status": { "f:containerStatuses": {} } } }],
    },
    spec,
    status: {
      phase,
      startTime: seconds(created),
      conditions: [{ type: "Ready", status: waiting === undefined ? "True" : "False", lastTransitionTime: started }],
      containerStatuses: [
        {
          name: "main",
          state: waiting === undefined ? { running: { startedAt: started } } : { waiting: { reason: waiting } },
        },
      ],
    },
  };
}
