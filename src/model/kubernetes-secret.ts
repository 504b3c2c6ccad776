/** Maximum total size of all values in a Kubernetes Secret. */
export const MAX_KUBERNETES_BYTES = 1024 * 1024;
