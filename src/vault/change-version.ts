import { ServerError } from "../errors.js";
import type { VaultLocation } from "../model/environment.js";
import type { VersionWrite } from "../model/write.js";
import {
  attemptSend,
  failureOf,
  isClear,
  pathOf,
  uncertain,
  wasSent,
  WRITE_ATTEMPTS,
  type WriteOutcome,
} from "./attempts.js";
import { explainDenied } from "./explain-denied.js";
import { apiPath, pauseAfter, unexpected, type VaultSession } from "./protocol.js";
import { readApplication } from "./read-state.js";

/** Deleting or undeleting a version twice is the same as once, so a lost answer is simply followed by another try. */
export async function changeVersion(
  session: VaultSession,
  location: VaultLocation,
  write: Pick<VersionWrite, "kind" | "application" | "version">,
): Promise<void> {
  const path = apiPath(location.mount, write.kind, location.path, write.application);
  const body = JSON.stringify({ versions: [write.version] });
  let sent = false;
  for (let attempt = 1; ; attempt++) {
    const answer = await attemptSend(session, { method: "POST", path, body });
    if (isClear(answer)) {
      if (answer.status === 204) return;
      if (answer.status === 403) throw await explainDenied(session, answer, "update", pathOf(location, write));
      throw unexpected(session, `Writing ${pathOf(location, write)}`, answer);
    }
    sent ||= wasSent(answer);
    if (attempt === WRITE_ATTEMPTS) {
      const failure = failureOf(session, location, write, answer);
      throw sent ? uncertain(failure, write) : failure;
    }
    await session.sleep(pauseAfter(answer, attempt));
  }
}

/**
 * No check-and-set guards this, so it looks right before whether the planned version still is the latest; and after a
 * lost answer, whether anything is left.
 */
export async function purge(
  session: VaultSession,
  location: VaultLocation,
  write: VersionWrite,
): Promise<WriteOutcome> {
  const path = apiPath(location.mount, "metadata", location.path, write.application);
  let sent = false;
  for (let attempt = 1; ; attempt++) {
    const state = await readApplication(session, location, write.application).catch((error: unknown) => {
      throw sent ? uncertain(error, write) : error;
    });
    if (state === undefined && sent) return { kind: "applied", version: 0 };
    if (state !== undefined && state.version !== write.version) return { kind: "conflict" };
    const answer = await attemptSend(session, { method: "DELETE", path });
    if (isClear(answer)) {
      if (answer.status === 204) return { kind: "applied", version: 0 };
      const shown = `${location.mount}/metadata/${location.path}/${write.application}`;
      if (answer.status === 403) throw await explainDenied(session, answer, "delete", shown);
      throw unexpected(session, `Destroying ${write.application}`, answer);
    }
    sent ||= wasSent(answer);
    if (attempt === WRITE_ATTEMPTS) {
      const failure =
        answer instanceof ServerError ? answer : unexpected(session, `Destroying ${write.application}`, answer);
      throw sent ? uncertain(failure, write) : failure;
    }
    await session.sleep(pauseAfter(answer, attempt));
  }
}
