import { error, note, warning } from "../diagnostic.js";
import type { ClusterName, Unseen } from "../rollout.js";

export interface ClusterDetails {
  readonly cluster: ClusterName;
}

/** Diagnostics about clusters and what runs in them. */
export const ROLLOUT = {
  /** `uid`: that of its namespace kube-system. */
  "cluster-changed": error<
    ClusterDetails & { readonly before: string; readonly uid: string; readonly command: string },
    "environment"
  >(),
  /** `elsewhere`: what is read there, if from another prefix. */
  "cluster-elsewhere": error<
    ClusterDetails & { readonly prefix: string; readonly elsewhere: readonly string[] },
    "environment"
  >(),
  "cluster-forbids": error<ClusterDetails & { readonly command: string }, "environment">(),
  "cluster-forbids-one": error<Unseen>(),
  "cluster-memory-damaged": error<{ readonly file: string }>(),
  "cluster-memory-unreadable": error<{ readonly file: string; readonly reason: string }>(),
  "cluster-remembered": note<ClusterDetails & { readonly file: string }, "environment">(),
  /** `environments` share the prefix. `uid`: undefined if it may not be read. */
  "cluster-unconfirmed": error<
    ClusterDetails & {
      readonly environments: readonly string[];
      readonly uid: string | undefined;
      readonly command: string;
    },
    "environment"
  >(),
  "rollout-run-unknown": error<{ readonly run: string }, "environment">(),
  "secrets-unread": warning<ClusterDetails & { readonly count: number; readonly command: string }, "environment">(),
};
