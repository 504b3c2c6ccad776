import { ServerError } from "../errors.js";
import { PULL_SECRET } from "../model/environment.js";
import type { ApplicationState, CurrentState } from "../model/current-state.js";
import { excludedSources } from "../secrets/resolve.js";
import type { VaultSession } from "../vault/protocol.js";
import { listApplications, listIfAllowed } from "../vault/list-applications.js";
import { readApplication, readApplications } from "../vault/read-state.js";
import type { Target } from "./target.js";

const STALE_ATTEMPTS = 6;

/**
 * Reads what the plan needs: one LIST, and one GET per application that is not excluded or whose values a copy needs.
 *
 * @param seen Versions that this run has seen already. An older one comes from a standby that lags behind: it is read
 *   again after a while, and never believed.
 */
export async function readCurrent(
  session: VaultSession,
  { environment, exclude, assumeEmpty, staticSecrets }: Target,
  seen: ReadonlyMap<string, number>,
): Promise<CurrentState> {
  const listed = await (assumeEmpty ? listIfAllowed : listApplications)(session, environment.vault);
  const needed = excludedSources(environment, exclude);
  // Without a list, what the environment requires can still be looked at.
  const known = listed ?? [
    ...environment.applications.keys(),
    ...(staticSecrets?.registries.size ? [PULL_SECRET] : []),
  ];
  const names = new Set([...known, ...seen.keys()].filter((name) => !exclude.has(name) || needed.has(name)));
  const current = await readApplications(session, environment.vault, names, listed === undefined);
  for (const [application, version] of seen) {
    const state = await waitForVersion(session, environment.vault, application, version, current.get(application));
    current.set(application, state);
  }
  return current;
}

async function waitForVersion(
  session: VaultSession,
  location: Target["environment"]["vault"],
  application: string,
  version: number,
  first: ApplicationState | undefined,
): Promise<ApplicationState> {
  let state = first;
  for (let attempt = 1; state === undefined || state.version < version; attempt++) {
    if (attempt > STALE_ATTEMPTS) {
      throw new ServerError(
        `Vault shows an older version of ${application} than it did before (${state?.version ?? "none"} after ${version})`,
        {
          hint: "A standby that lags behind answers, or the secret was removed meanwhile. Run again once that is settled.",
        },
      );
    }
    await session.sleep(100 * 2 ** attempt);
    state = await readApplication(session, location, application);
  }
  return state;
}
