import pLimit from "p-limit";
import type { SecretVersions } from "../model/history.js";
import type { Environment } from "../model/environment.js";
import type { ApplicationPlan, Plan } from "../model/plan.js";
import type { UndoLimit } from "../model/undo-limit.js";
import { readMetadata } from "../vault/metadata.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";

/**
 * What KV keeps if neither the secret nor the mount sets a limit; the write policy does not allow reading the mount's.
 */
const DEFAULT_MAX_VERSIONS = 10;

/** Reads the metadata of each application that gets a new version over an old one. */
export async function replacedVersions(
  session: VaultSession,
  environment: Environment,
  plan: Plan,
): Promise<ReadonlyMap<string, SecretVersions>> {
  const limit = pLimit(PARALLEL_REQUESTS);
  const found = await Promise.all(
    plan.applications.filter(isReplaced).map(async ({ application }) => {
      const metadata = await limit(() => readMetadata(session, environment.vault, application));
      return metadata === undefined ? [] : [[application, metadata] as const];
    }),
  );
  return new Map(found.flat());
}

function isReplaced({ action, base }: ApplicationPlan): boolean {
  return base.kind === "present" && action !== "delete" && action !== "purge";
}

export function undoLimits(plan: Plan, replaced: ReadonlyMap<string, SecretVersions>): readonly UndoLimit[] {
  return plan.applications
    .map(({ application, action }): UndoLimit | undefined => {
      if (action === "purge") return { kind: "undo-impossible", application };
      const metadata = replaced.get(application);
      return metadata && limitOf(application, metadata);
    })
    .filter((found) => found !== undefined);
}

function limitOf(application: string, metadata: SecretVersions): UndoLimit | undefined {
  const { versions, currentVersion } = metadata;
  const kept = keptVersions(metadata);
  if (kept === 1) return { application, kind: "undo-impossible" };
  const { deletionTime = "" } = versions.get(currentVersion) ?? {};
  if (deletionTime !== "") return { application, kind: "undo-until", time: deletionTime };
  const [[oldest] = [], [next, info] = []] = versions;
  if (oldest === undefined || next === undefined || info === undefined) return undefined;
  if (versions.size < (kept ?? DEFAULT_MAX_VERSIONS)) return undefined;
  const { createdTime } = info;
  return {
    application,
    kind: "undo-pushed-out",
    version: oldest,
    certain: kept !== undefined,
    next: { version: next, createdTime },
  };
}

/** How many versions are kept, as far as visible: set on the secret, or inferred from versions already removed. */
function keptVersions({ maxVersions, versions, currentVersion }: SecretVersions): number | undefined {
  if (maxVersions > 0) return maxVersions;
  const oldest = Math.min(...versions.keys());
  return oldest > 1 && oldest <= currentVersion ? currentVersion - oldest + 1 : undefined;
}
