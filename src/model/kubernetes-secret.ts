/** What all values of a Secret of Kubernetes have together at most. */
export const MAX_KUBERNETES_BYTES = 1024 * 1024;
