import { setMaxListeners } from "node:events";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { TransportRequest } from "../http/request.js";
import type { VaultSession } from "../vault/protocol.js";
import type { Interrupts } from "../terminal/context.js";

/** Read-only requests that are nevertheless sent with POST. Only this run can use the token of a login. */
const ASKING = /^(?:sys\/capabilities-self|auth\/token\/lookup-accessor|auth\/.+\/login)$/;

function mayChange({ method, path }: Pick<TransportRequest, "method" | "path">): boolean {
  return method !== "GET" && method !== "LIST" && !(method === "POST" && ASKING.test(path));
}

/**
 * A session in which an interrupt ends every wait, for a server or during a pause, until a request that may change
 * something has been sent. From then on, requests in flight finish and none is retried.
 */
export function interruptible(session: VaultSession, { signal }: Interrupts): VaultSession {
  // One listener per concurrent request; Node would report them as a leak.
  setMaxListeners(0, signal);
  let changing = false;
  const asked = new Promise((done) => signal.addEventListener("abort", done));
  const stopped = async (): Promise<never> => {
    if (!signal.aborted) await asked;
    if (changing) return new Promise(() => {});
    throw new PhalanxError(diagnostic("interrupted-before-writing"));
  };
  const unlessAsked = async <T>(begin: () => Promise<T>): Promise<T> =>
    changing ? begin() : Promise.race([signal.aborted ? stopped() : begin(), stopped()]);
  return {
    ...session,
    signal,
    transport: (request) =>
      unlessAsked(() => {
        changing ||= mayChange(request);
        return session.transport(request);
      }),
    sleep: (milliseconds) => unlessAsked(() => session.sleep(milliseconds, signal)),
  };
}
