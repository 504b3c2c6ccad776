import pLimit from "p-limit";
import { ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { VaultLocation } from "../model/environment.js";
import type { ApplicationHistory, HistoricVersion } from "../model/history.js";
import { decodeProvenance } from "../model/provenance.js";
import { boundAnswers } from "../vault/bound-answers.js";
import { readMetadata } from "../vault/metadata.js";
import type { VaultSession } from "../vault/protocol.js";
import { listApplications } from "../vault/list-applications.js";
import { PARALLEL_REQUESTS, readVersion } from "../vault/read-state.js";

/** There is one request for each, and of a KV secret a server keeps ten unless it is told otherwise. */
const MOST_VERSIONS = 100_000;

/**
 * Reads every version that KV still has of applications.
 *
 * @param only The applications to read; undefined: all under the prefix.
 */
export async function readHistory(
  session: VaultSession,
  location: VaultLocation,
  only: ReadonlySet<string> | undefined,
): Promise<ApplicationHistory[]> {
  const listed = await listApplications(session, location);
  const names = listed.filter((name) => only === undefined || only.has(name));
  const limit = pLimit(PARALLEL_REQUESTS);
  const bounded = { ...session, transport: boundAnswers(session.transport) };
  let versions = 0;
  const count = (more: number): void => {
    versions += more;
    if (versions <= MOST_VERSIONS) return;
    throw new ServerError(diagnostic("history-too-long", { most: MOST_VERSIONS, all: only === undefined }));
  };
  const histories = await Promise.all(names.map((name) => readOne(bounded, location, name, { limit, count })));
  return histories.filter((history) => history !== undefined);
}

async function readOne(
  session: VaultSession,
  location: VaultLocation,
  application: string,
  { limit, count }: { limit: <T>(work: () => Promise<T>) => Promise<T>; count: (versions: number) => void },
): Promise<ApplicationHistory | undefined> {
  const metadata = await limit(() => readMetadata(session, location, application));
  if (metadata === undefined) return undefined;
  count(metadata.versions.size);
  const versions = await Promise.all(
    [...metadata.versions].map(([version, info]) =>
      limit(async (): Promise<HistoricVersion> => {
        if (info.destroyed) return { version, ...info, deleted: false, values: undefined };
        // Even where a time of deletion is known: whether it has come is for the server to say.
        const state = await readVersion(session, location, application, version);
        const values = state?.kind === "present" ? state.values : undefined;
        return { version, ...info, deleted: state?.kind === "deleted", values };
      }),
    ),
  );
  return { application, metadata, provenance: decodeProvenance(metadata.customMetadata), versions };
}
