import { error, warning } from "../diagnostic.js";
import type { PemFault } from "./access.js";

/** One object of a cluster, or all of a kind: in one namespace, or in all. */
export interface ObjectDetails {
  readonly url: string;
  /** As in `pods`. */
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Why a response of an API server is not what was requested. */
export type ClusterFault = "no-date" | "no-list" | "no-object" | "other-kind" | "other-name" | "other-namespace";

/** Why a credential plugin provided none. */
export type PluginFault =
  | "certificate-unusable"
  | "expiry-malformed"
  | "failed"
  | "incomplete"
  | "needs-terminal"
  | "not-a-credential"
  | "not-started"
  | "token-malformed"
  | "too-much";

/** Diagnostics about finding, reaching and reading a cluster. */
export const KUBERNETES = {
  "cluster-address-invalid": error(),
  "cluster-answer-unusable": error<ObjectDetails & { readonly fault: ClusterFault }>(),
  "cluster-list-expired": error<ObjectDetails>(),
  "cluster-list-too-large": error<ObjectDetails>(),
  /** `files` are the kubeconfigs that were searched. */
  "cluster-not-configured": error<{ readonly files: readonly string[] }>(),
  /** `reason`: the server's own word, as in `Expired`. */
  "cluster-request-failed": error<ObjectDetails & { readonly status: number; readonly reason?: string | undefined }>(),
  "cluster-verification-skipped": warning(),
  /** `reason`: the system's code, a signal, or an exit status. */
  "exec-plugin-failed": error<{
    readonly command: string;
    readonly fault: PluginFault;
    readonly reason?: string;
    readonly installHint?: string;
  }>(),
  "kubeconfig-as-missing": error(),
  "kubeconfig-context-unknown": error<{
    readonly context: string;
    readonly files: readonly string[];
    readonly known: readonly string[];
  }>(),
  "kubeconfig-entry-missing": error<{
    readonly section: "clusters" | "users";
    readonly name: string;
    readonly context: string;
  }>(),
  /** `lacks` is the missing one of the two; undefined if they do not belong together. */
  "kubeconfig-key-pair": error<{ readonly lacks?: "client-certificate" | "client-key" | undefined }>(),
  "kubeconfig-name-twice": error<{ readonly section: "clusters" | "contexts" | "users"; readonly name: string }>(),
  "kubeconfig-no-context": error<{ readonly files: readonly string[]; readonly known: readonly string[] }>(),
  /** `files` are those in KUBECONFIG. */
  "kubeconfig-not-there": error<{ readonly files: readonly string[] }>(),
  "pem-unusable": error<{ readonly field: string; readonly fault: PemFault }>(),
  "kubeconfig-server-invalid": error(),
  /** `name` is that of the provider, if it has one. */
  "kubeconfig-user-unsupported": error<{
    readonly field: "as" | "as-user-extra" | "auth-provider";
    readonly name?: string | undefined;
  }>(),
  "kubernetes-name-unusable": error<{ readonly name: string }>(),
} as const;
