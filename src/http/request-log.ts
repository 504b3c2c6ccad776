import type { Transport } from "./request.js";

/** One exchange as a log may show it: without what was sent and what was answered. */
export interface Exchange {
  /** What messages call the server. */
  readonly server: string;
  readonly method: string;
  /** Without its query, which may hold what somebody searched for. */
  readonly path: string;
  /** The status, or the code of what kept an answer from coming. */
  readonly outcome: number | string;
  readonly milliseconds: number;
}

export type RequestLog = (exchange: Exchange) => void;

/** A transport that tells a log of each exchange. Neither headers nor bodies ever reach the log. */
export function logged(transport: Transport, server: string, root: string, log: RequestLog): Transport {
  return async (request) => {
    const { method } = request;
    const path = root + request.path.replace(/\?.*$/s, "");
    const start = performance.now();
    const tell = (outcome: number | string): void =>
      log({ server, method, path, outcome, milliseconds: Math.round(performance.now() - start) });
    try {
      const response = await transport(request);
      tell(response.status);
      return response;
    } catch (error) {
      tell((error as { code?: string }).code ?? "failed");
      throw error;
    }
  };
}
