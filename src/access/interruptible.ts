import { setMaxListeners } from "node:events";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { TransportRequest } from "../http/request.js";
import type { VaultSession } from "../vault/protocol.js";
import type { Interrupts } from "../terminal/context.js";

/** What only asks, although it is sent with POST. A login's token is of no use to anybody but this run. */
const ASKING = /^(?:sys\/capabilities-self|auth\/token\/lookup-accessor|auth\/.+\/login)$/;

function mayChange({ method, path }: Pick<TransportRequest, "method" | "path">): boolean {
  return method !== "GET" && method !== "LIST" && !(method === "POST" && ASKING.test(path));
}

/**
 * A session in which a request to stop ends every wait, for a server as for a pause, as long as nothing was sent that may
 * have changed something. From then on, what is under way is finished, and nothing is sent a second time.
 */
export function interruptible(session: VaultSession, { signal }: Interrupts): VaultSession {
  // As many may wait as there are requests at once, which Node would report as a leak.
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
