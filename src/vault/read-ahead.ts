import type { Transport, TransportResponse } from "../http/request.js";
import type { VaultLocation } from "../model/environment.js";
import { boundAnswers } from "./bound-answers.js";
import { send, type VaultSession } from "./protocol.js";
import { listedNames, listPath } from "./list-applications.js";
import { latestPath } from "./read-state.js";

/** A transport that may hold answers already, and what fills it. */
export interface ReadAhead {
  /** Hands out each answer that is held once, to the first request for it; all else is sent. */
  readonly transport: Transport;
  /** What becomes of the requests sees whoever takes their answers. */
  readonly ask: (session: VaultSession, location: VaultLocation, wanted: (name: string) => boolean) => Promise<void>;
}

/**
 * Asks for what a plan is going to read: the list of the KV secrets under the prefix, and the latest version of each. What
 * reads them later need not know; it sees the same answers, and failures, as if it had asked itself.
 */
export function readAhead(transport: Transport): ReadAhead {
  const held = new Map<string, Promise<TransportResponse>>();
  const bounded = boundAnswers(transport);
  const holding: Transport = (request) => {
    const answer = bounded(request);
    held.set(request.path, answer);
    return answer;
  };
  return {
    transport: (request) => {
      const answer = request.method === "GET" ? held.get(request.path) : undefined;
      held.delete(request.path);
      return answer ?? transport(request);
    },
    ask: async (anonymous, location, wanted) => {
      const session = { ...anonymous, transport: holding };
      const ask = (path: string) => send(session, { method: "GET", path }).catch(() => undefined);
      const listed = await ask(listPath(location));
      if (listed === undefined) return;
      for (const name of listedNames(location, listed) ?? []) {
        if (!name.endsWith("/") && wanted(name)) void ask(latestPath(location, name));
      }
    },
  };
}
