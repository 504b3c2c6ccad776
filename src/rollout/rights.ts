import { compareCodePoints } from "../model/code-points.js";
import type { Delivery } from "../model/consumer.js";

export interface NamespaceRights {
  readonly namespace: string;
  /** By API group: the kinds to list. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** The Secrets to read one by one. */
  readonly secrets: readonly string[];
}

const LISTED: ReadonlyMap<string, readonly string[]> = new Map([
  ["", ["pods"]],
  ["apps", ["daemonsets", "deployments", "replicasets", "statefulsets"]],
  ["batch", ["cronjobs", "jobs"]],
  ["external-secrets.io", ["externalsecrets"]],
  ["ricoberger.de", ["vaultsecrets"]],
  ["secrets.hashicorp.com", ["vaultstaticsecrets"]],
]);

/** The minimum rights to follow the secrets of an environment, by namespace. */
export function rightsFor(namespaces: Iterable<string>, deliveries: readonly Delivery[]): NamespaceRights[] {
  const all = new Set([...namespaces, ...deliveries.map(({ object }) => object.namespace)]);
  return [...all].sort(compareCodePoints).map((namespace) => {
    const own = deliveries.filter(({ object }) => object.namespace === namespace);
    return {
      namespace,
      lists: LISTED,
      secrets: [...new Set(own.map(({ secret }) => secret))].sort(compareCodePoints),
    };
  });
}
