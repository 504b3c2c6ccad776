import type { VaultLocation } from "../model/environment.js";
import type { VersionWrite } from "../model/write.js";
import { whyRefused } from "./explain-denied.js";
import { located } from "./locate.js";
import { carryOut, type WriteOutcome } from "./outcome.js";
import { apiPath, type VaultSession } from "./protocol.js";
import { readApplication, readVersion } from "./read-state.js";

/**
 * Deletes or undeletes one version. Idempotent, so it is retried after a lost response.
 *
 * @param deletedBefore The deletion time that the version had before: finding it deleted at that time proves nothing.
 */
export async function changeVersion(
  session: VaultSession,
  location: VaultLocation,
  { kind, application, version }: Pick<VersionWrite, "kind" | "application" | "version">,
  deletedBefore?: string,
): Promise<void> {
  const { mount, path } = located(session, location);
  const shown = `${mount}/${kind}/${path}/${application}`;
  await carryOut(session, {
    request: {
      method: "POST",
      path: apiPath(mount, kind, path, application),
      body: JSON.stringify({ versions: [version] }),
    },
    what: { kind: "application-written", application },
    acknowledged: ({ status }) => (status === 204 ? true : undefined),
    look: async () => {
      const state = await readVersion(session, location, application, version);
      if (kind === "undelete") return state?.kind === "present" || undefined;
      const deleted = state !== undefined && state.kind !== "present" && state.deletionTime !== deletedBefore;
      return deleted || undefined;
    },
    refused: (answer) =>
      whyRefused(session, answer, { action: "write", target: shown, capability: "update", path: shown }),
  });
}

/**
 * Destroys a KV secret with all its versions. Check-and-set does not cover this, so it verifies right before that the
 * planned version is still the latest.
 */
export async function purge(
  session: VaultSession,
  location: VaultLocation,
  { application, version }: VersionWrite,
): Promise<WriteOutcome> {
  const { mount, path } = located(session, location);
  const state = await readApplication(session, location, application);
  if (state?.version !== version) return { kind: "conflict" };
  return carryOut<WriteOutcome>(session, {
    request: { method: "DELETE", path: apiPath(mount, "metadata", path, application) },
    what: { kind: "application-destroyed", application },
    acknowledged: ({ status }) => (status === 204 ? { kind: "applied", version: 0 } : undefined),
    look: async () => {
      const now = await readVersion(session, location, application, undefined);
      if (now === undefined) return { kind: "applied", version: 0 };
      return now.version === version ? undefined : { kind: "conflict" };
    },
    refused: (answer) =>
      whyRefused(session, answer, {
        action: "destroy",
        target: application,
        capability: "delete",
        path: `${mount}/metadata/${path}/${application}`,
      }),
  });
}
