import pLimit from "p-limit";
import { ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { VaultLocation } from "../model/environment.js";
import { type ApplicationHistory, type HistoricVersion, isDeletedAt, type SecretVersions } from "../model/history.js";
import { decodeProvenance } from "../model/provenance.js";
import { boundAnswers } from "../vault/bound-answers.js";
import { readMetadata } from "../vault/metadata.js";
import type { VaultSession } from "../vault/protocol.js";
import { listApplications } from "../vault/list-applications.js";
import { PARALLEL_REQUESTS, readVersion } from "../vault/read-state.js";

/** Each is one request, and by default a server keeps ten versions of a KV secret. */
const MOST_VERSIONS = 100_000;

/** Milliseconds of uncertainty about the server's clock: anything it has dated has happened. */
export const CLOCK_PRECISION = 1000;

export interface Wanted {
  /** The applications to read; undefined: all under the prefix. */
  readonly only?: ReadonlySet<string> | undefined;
  /**
   * Chooses the versions whose values are read, from histories without values; undefined: all. The first request for an
   * application tells when each version was written; each version takes another request.
   */
  readonly choose?:
    | ((histories: readonly ApplicationHistory[]) => ReadonlyMap<string, ReadonlySet<number>>)
    | undefined;
}

/** Reads what KV still has of applications: every version, or the chosen ones. */
export async function readHistory(
  session: VaultSession,
  location: VaultLocation,
  { only, choose }: Wanted,
): Promise<ApplicationHistory[]> {
  const listed = await listApplications(session, location);
  const names = listed.filter((name) => only === undefined || only.has(name));
  const limit = pLimit(PARALLEL_REQUESTS);
  const bounded = { ...session, transport: boundAnswers(session.transport) };
  const found = await Promise.all(
    names.map((application) =>
      limit(async () => {
        const metadata = await readMetadata(bounded, location, application);
        return (
          metadata && withoutValues(application, metadata, new Date(session.clock.now().getTime() + CLOCK_PRECISION))
        );
      }),
    ),
  );
  const known = found.filter((history) => history !== undefined);
  const chosen = choose?.(known);
  const isRead = (application: string, { version, destroyed }: HistoricVersion): boolean =>
    !destroyed && (chosen === undefined || (chosen.get(application)?.has(version) ?? false));
  const count = known
    .map(({ application, versions }) => versions.filter((version) => isRead(application, version)).length)
    .reduce((sum, more) => sum + more, 0);
  if (count > MOST_VERSIONS)
    throw new ServerError(diagnostic("history-too-long", { most: MOST_VERSIONS, all: only === undefined }));
  const withValues = async (application: string, version: HistoricVersion): Promise<HistoricVersion> => {
    if (!isRead(application, version)) return version;
    // Even if a deletion time is known, the server decides whether it has passed.
    const state = await limit(() => readVersion(bounded, location, application, version.version));
    const values = state?.kind === "present" ? state.values : undefined;
    return { ...version, deleted: state?.kind === "deleted", values };
  };
  return Promise.all(
    known.map(async (history) => ({
      ...history,
      versions: await Promise.all(history.versions.map((version) => withValues(history.application, version))),
    })),
  );
}

function withoutValues(application: string, metadata: SecretVersions, now: Date): ApplicationHistory {
  const versions = [...metadata.versions].map(
    ([version, info]): HistoricVersion => ({
      version,
      ...info,
      deleted: !info.destroyed && isDeletedAt(info, now),
      values: undefined,
    }),
  );
  return { application, metadata, provenance: decodeProvenance(metadata.customMetadata), versions };
}
