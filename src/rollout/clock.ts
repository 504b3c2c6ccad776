/**
 * Times of three clocks meet here, in milliseconds since 1970. Kubernetes writes whole seconds, truncated: what is
 * dated S happened in [S, S + 1000). Names say whose clock a time is from; differences are only taken within one clock.
 */
export const SECOND = 1000;

/** Milliseconds after a write of a Secret during which a kubelet may still provide the previous content. */
export const KUBELET_CACHE = 120 * SECOND;

/**
 * Milliseconds after which a kubelet with default settings has refreshed a mounted Secret's files: it looks at each pod
 * every 60 to 90 seconds, and its cache is at most a minute old.
 */
export const FILE_REFRESH = 150 * SECOND;

/** Maximum error, in milliseconds, of the offset between Vault and the cluster as measured by their Date headers. */
export const OFFSET_ERROR = 3 * SECOND;

/** Assumed maximum error of a node's clock, in milliseconds, if nothing bounds it. */
export const NODE_ERROR = 5 * 60 * SECOND;

/** A timestamp from Kubernetes or Vault; undefined if it is not one. */
export function momentOf(text: unknown): number | undefined {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\dT/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
