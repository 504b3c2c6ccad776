import type { Target } from "../model/target.js";
import { PULL_SECRET } from "../model/environment.js";
import type { CurrentState } from "../model/current-state.js";
import { excludedSources } from "../secrets/resolve.js";
import type { VaultSession } from "../vault/protocol.js";
import { listApplications, listIfAllowed } from "../vault/list-applications.js";
import { readApplications } from "../vault/read-state.js";

/** Reads what the plan needs: one LIST, and one GET per application that is not excluded or whose values a copy needs. */
export async function readCurrent(
  session: VaultSession,
  { environment, exclude, assumeEmpty, staticSecrets }: Target,
): Promise<CurrentState> {
  const listed = await (assumeEmpty ? listIfAllowed : listApplications)(session, environment.vault);
  const needed = excludedSources(environment, exclude);
  // Without a list, what the environment requires can still be looked at.
  const names = listed ?? [
    ...environment.applications.keys(),
    ...(staticSecrets?.registries.size ? [PULL_SECRET] : []),
  ];
  const wanted = names.filter((name) => !exclude.has(name) || needed.has(name));
  return readApplications(session, environment.vault, wanted, listed === undefined);
}
