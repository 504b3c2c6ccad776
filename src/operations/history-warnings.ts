import pLimit from "p-limit";
import type { Environment } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import type { SecretVersions } from "../model/versions.js";
import { readMetadata } from "../vault/metadata.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";

/** What KV keeps where nobody says otherwise. */
const DEFAULT_MAX_VERSIONS = 10;

/** What the writes of a plan would push out of the history: one metadata read per application that gets a new version. */
export async function historyWarnings(session: VaultSession, environment: Environment, plan: Plan): Promise<string[]> {
  const limit = pLimit(PARALLEL_REQUESTS);
  const writing = plan.applications.filter(({ action, base }) => action !== "delete" && base.kind !== "absent");
  const texts = await Promise.all(
    writing.map(({ application }) =>
      limit(async () => {
        const metadata = await readMetadata(session, environment.vault, application);
        return metadata ? warningFor(application, metadata) : undefined;
      }),
    ),
  );
  return texts.filter((text) => text !== undefined);
}

function warningFor(application: string, { maxVersions, versions }: SecretVersions): string | undefined {
  const kept = maxVersions === 0 ? DEFAULT_MAX_VERSIONS : maxVersions;
  if (maxVersions === 1)
    return `${application} keeps one version only: the values that are replaced are gone at once, and cannot be restored`;
  const [oldest, next] = versions.keys();
  if (versions.size < kept || oldest === undefined || next === undefined) return undefined;
  return `${application}: version ${oldest}, the oldest, is pushed out by this; restore then reaches back to version ${next} (${versions.get(next)?.createdTime.slice(0, 19)}Z)`;
}
