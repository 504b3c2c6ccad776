import type { Transport } from "./request.js";

/** An exchange as a log may show it: without request and response bodies. */
export interface Exchange {
  /** The server's name in messages. */
  readonly server: string;
  readonly method: string;
  /** Without the query, which may contain search terms. */
  readonly path: string;
  /** The status, or the code of the error that prevented a response. */
  readonly outcome: number | string;
  readonly milliseconds: number;
}

export type RequestLog = (exchange: Exchange) => void;

/** A transport that logs each exchange. Neither headers nor bodies ever reach the log. */
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
