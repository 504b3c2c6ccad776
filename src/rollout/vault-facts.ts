import type { ApplicationHistory } from "../model/history.js";
import type { KeyChange } from "../model/rollout.js";
import { sameStoredValue, type StoredValue } from "../model/secret-value.js";
import { keyHistory } from "../secrets/history.js";

/** One key of one of our secrets, as Vault holds it now. */
export interface VaultKey extends KeyChange {
  readonly value: StoredValue;
  /**
   * Milliseconds since 1970, by Vault's clock: before that the key had another value, according to its history.
   * Undefined if the oldest remaining version may have had the same value.
   */
  readonly sinceInVault: number | undefined;
}

/** The keys of the latest version; empty if it cannot be read. */
export function vaultKeys(history: ApplicationHistory): VaultKey[] {
  const latest = history.versions.at(-1);
  return [...(latest?.values ?? [])].map(([key, value]) => ({
    key,
    value,
    ...lastChange(key, history),
    sinceInVault: sinceOf(key, value, history),
  }));
}

function lastChange(key: string, history: ApplicationHistory): Pick<KeyChange, "at" | "exact"> {
  const { writes } = keyHistory(key, history);
  const last = writes.findLast(({ what }) => what === "created" || what === "changed");
  return { at: (last ?? writes[0])?.createdTime ?? "", exact: last !== undefined };
}

/** The earliest version with this value, or an unreadable one that may have had it. */
function sinceOf(key: string, value: StoredValue, { versions }: ApplicationHistory): number | undefined {
  const first = versions.findIndex(({ values }) => values === undefined || sameStoredValue(values.get(key), value));
  const found = versions[first];
  if (found === undefined || (first === 0 && found.version > 1)) return undefined;
  const time = Date.parse(found.createdTime);
  return Number.isNaN(time) ? undefined : time;
}
