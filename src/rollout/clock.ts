/**
 * Moments of three clocks meet here, in milliseconds since 1970. Kubernetes writes whole seconds, cut off: what is
 * dated S happened in [S, S + 1000). Names say whose clock it is; differences are only taken within one.
 */
export const SECOND = 1000;

/** Milliseconds after a Secret was written within which a kubelet may still hand out what it held before. */
export const KUBELET_CACHE = 120 * SECOND;

/** Milliseconds after which every kubelet has refreshed the files of a mounted Secret: a period of one minute, and its cache. */
export const FILE_REFRESH = 150 * SECOND;

/** Milliseconds by which the offset between Vault and the cluster, as their Date headers show it, may be off. */
export const OFFSET_ERROR = 3 * SECOND;

/** Milliseconds by which a node's clock may be off where nothing bounds it. */
export const NODE_ERROR = 5 * 60 * SECOND;

/** The moment that Kubernetes or Vault wrote; undefined if it is none. */
export function momentOf(text: unknown): number | undefined {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\dT/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
