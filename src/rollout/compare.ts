import type { KeyFacts } from "./judge.js";

/** One key of a Secret of the cluster, and how it stands to Vault. */
export interface DataKey extends KeyFacts {
  readonly key: string;
}
