import pLimit from "p-limit";
import type { VaultLocation } from "../model/environment.js";
import type { ApplicationHistory, HistoricVersion } from "../model/history.js";
import { decodeProvenance } from "../model/provenance.js";
import { isDeletedAt } from "../model/versions.js";
import { readMetadata } from "../vault/metadata.js";
import type { VaultSession } from "../vault/protocol.js";
import { listApplications } from "../vault/list-applications.js";
import { PARALLEL_REQUESTS, readVersion } from "../vault/read-state.js";

/**
 * Reads every version of applications that can still be read.
 *
 * @param only The applications to read; undefined: all under the prefix.
 */
export async function readHistory(
  session: VaultSession,
  location: VaultLocation,
  only: ReadonlySet<string> | undefined,
  now: Date,
): Promise<ApplicationHistory[]> {
  const listed = await listApplications(session, location);
  const names = listed.filter((name) => only === undefined || only.has(name));
  const limit = pLimit(PARALLEL_REQUESTS);
  const histories = await Promise.all(names.map((name) => readOne(session, location, name, now, limit)));
  return histories.filter((history) => history !== undefined);
}

async function readOne(
  session: VaultSession,
  location: VaultLocation,
  application: string,
  now: Date,
  limit: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<ApplicationHistory | undefined> {
  const metadata = await limit(() => readMetadata(session, location, application));
  if (metadata === undefined) return undefined;
  const versions = await Promise.all(
    [...metadata.versions].map(([version, info]) =>
      limit(async (): Promise<HistoricVersion> => {
        if (info.destroyed || isDeletedAt(info, now)) return { version, ...info, values: undefined };
        const state = await readVersion(session, location, application, version);
        return { version, ...info, values: state?.kind === "present" ? state.values : undefined };
      }),
    ),
  );
  return { application, metadata, provenance: decodeProvenance(metadata.customMetadata), versions };
}
