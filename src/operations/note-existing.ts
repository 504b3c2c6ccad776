import type { Environment } from "../model/environment.js";
import { decodeProvenance, encodeProvenance, type GeneratedKey } from "../model/provenance.js";
import { updateCustomMetadata } from "../vault/metadata.js";
import type { VaultSession } from "../vault/protocol.js";
import type { CurrentState } from "../model/current-state.js";
import { describeKey } from "./record.js";

/**
 * Notes of values that another program wrote: whose they are, and that they have not changed since the version that is
 * there now. What is noted already stays. Data is not touched.
 *
 * @returns The applications that something was noted of.
 */
export async function noteExisting(
  session: VaultSession,
  environment: Environment,
  current: CurrentState,
): Promise<string[]> {
  const noted: string[] = [];
  for (const [application, state] of current) {
    if (state.kind !== "present") continue;
    const before = decodeProvenance(state.customMetadata);
    const found = [...state.values.keys()].flatMap((key): [string, GeneratedKey][] => {
      const entry = before.keys.has(key) ? undefined : describeKey(environment, application, key, state.version);
      return entry ? [[key, entry]] : [];
    });
    if (before.environment !== undefined && found.length === 0) continue;
    await updateCustomMetadata(session, environment.vault, application, (metadata) => {
      const latest = decodeProvenance(metadata.customMetadata);
      const keys = new Map([...found, ...latest.keys]);
      return encodeProvenance(metadata.customMetadata, {
        ...latest,
        environment: latest.environment ?? environment.name,
        keys,
      });
    });
    noted.push(application);
  }
  return noted;
}
