import type { Transport } from "../http/request.js";
import type { ServerClock, VaultSession } from "./protocol.js";

export interface SessionOptions
  extends Pick<VaultSession, "url" | "transport" | "tokenVariable" | "namespace" | "sleep"> {
  /** Empty before a login. */
  readonly token: string;
  /** Milliseconds since 1970, by the clock of this machine. */
  readonly machineTime: () => number;
}

/** A session before its first request. */
export function openSession({ machineTime, ...options }: SessionOptions): VaultSession {
  const { clock, transport } = watchClock(options.transport, machineTime);
  return { ...options, transport, clock, newest: new Map(), mounts: new Map() };
}

/** Learns the server's time from the Date header of every response. */
function watchClock(
  transport: Transport,
  machineTime: () => number,
): { readonly transport: Transport; readonly clock: ServerClock } {
  let ahead: number | undefined;
  return {
    transport: async (request) => {
      const response = await transport(request);
      const { date } = response.headers;
      const time = typeof date === "string" ? Date.parse(date) : Number.NaN;
      // The header is truncated to the second.
      if (!Number.isNaN(time)) ahead = time + 500 - machineTime();
      return response;
    },
    clock: {
      now: () => new Date(machineTime() + (ahead ?? 0)),
      ahead: () => ahead ?? 0,
    },
  };
}
