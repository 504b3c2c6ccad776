import type { Transport, TransportResponse } from "../http/request.js";
import type { VaultLocation } from "../model/environment.js";
import { boundAnswers } from "./bound-answers.js";
import { send, type VaultSession } from "./protocol.js";
import { listedNames, listPath } from "./list-applications.js";
import { latestPath } from "./read-state.js";

/** A transport that may already hold responses, and a function that fetches them. */
export interface ReadAhead {
  /** Returns each held response once, to the first request for it; sends all other requests. */
  readonly transport: Transport;
  /** Failures surface where the responses are used. */
  readonly ask: (session: VaultSession, location: VaultLocation, wanted: (name: string) => boolean) => Promise<void>;
}

/**
 * Fetches what a plan is going to read: the list of the KV secrets under the prefix, and the latest version of each.
 * The later reader need not know; it sees the same responses and failures as if it had sent the requests itself.
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
