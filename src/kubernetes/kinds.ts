import { ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";

interface KindRow {
  readonly kind: string;
  /** "" for the core group. */
  readonly group: string;
  /** Newest first; an older version is used if the server does not know the newer one. */
  readonly versions: readonly [string, ...string[]];
  /** Whether it is cluster-scoped. */
  readonly clusterWide?: true;
}

/** What we read from a cluster, by the plural in its URLs. */
const KINDS = {
  pods: { kind: "Pod", group: "", versions: ["v1"] },
  serviceaccounts: { kind: "ServiceAccount", group: "", versions: ["v1"] },
  namespaces: { kind: "Namespace", group: "", versions: ["v1"], clusterWide: true },
  secrets: { kind: "Secret", group: "", versions: ["v1"] },
  deployments: { kind: "Deployment", group: "apps", versions: ["v1"] },
  statefulsets: { kind: "StatefulSet", group: "apps", versions: ["v1"] },
  daemonsets: { kind: "DaemonSet", group: "apps", versions: ["v1"] },
  replicasets: { kind: "ReplicaSet", group: "apps", versions: ["v1"] },
  jobs: { kind: "Job", group: "batch", versions: ["v1"] },
  cronjobs: { kind: "CronJob", group: "batch", versions: ["v1"] },
  vaultsecrets: { kind: "VaultSecret", group: "ricoberger.de", versions: ["v1alpha1"] },
  externalsecrets: { kind: "ExternalSecret", group: "external-secrets.io", versions: ["v1", "v1beta1"] },
  secretstores: { kind: "SecretStore", group: "external-secrets.io", versions: ["v1", "v1beta1"] },
  clustersecretstores: {
    kind: "ClusterSecretStore",
    group: "external-secrets.io",
    versions: ["v1", "v1beta1"],
    clusterWide: true,
  },
  vaultstaticsecrets: { kind: "VaultStaticSecret", group: "secrets.hashicorp.com", versions: ["v1beta1"] },
} as const satisfies Readonly<Record<string, KindRow>>;

export type ResourceKind = keyof typeof KINDS;

export function kindOf(resource: ResourceKind): KindRow {
  return KINDS[resource];
}

/** One object, or all of a kind: in one namespace, or in all. */
export interface Target {
  readonly resource: ResourceKind;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

export function apiVersionOf(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

export function pathOf({ resource, namespace, name }: Target, version: string): string {
  const { group } = kindOf(resource);
  return [
    ...(group === "" ? ["api"] : ["apis", group]),
    version,
    ...(namespace === undefined ? [] : ["namespaces", encode(namespace)]),
    resource,
    ...(name === undefined ? [] : [encode(name)]),
  ].join("/");
}

/** Encodes one path component, so that no name can lead elsewhere. */
function encode(name: string): string {
  if (["", ".", ".."].includes(name) || !name.isWellFormed())
    throw new ServerError(diagnostic("kubernetes-name-unusable", { name }));
  return encodeURIComponent(name);
}
