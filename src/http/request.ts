/** Vault accepts no request larger than 32 MiB, so none of its responses exceeds this. */
export const LARGEST_ANSWER = 34 * 2 ** 20;

export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "LIST";
  /** Relative to the connection's prefix, with each component already percent-encoded. */
  readonly path: string;
  /** Each of several values is a separate header. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One HTTP exchange. Rejects with a ConnectionError if there was no complete response. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;

/** How messages name a server, and where it is configured. */
export interface ServerName {
  readonly name: string;
  /** The setting that contains its URL. */
  readonly setting: string;
  /** The variable that names its CA. */
  readonly authority: string;
  /** A variable that other programs read for it; it is set, and may have been meant. */
  readonly unreadAuthority?: string;
  /** The variable that limits the time for a complete response, if there is one. */
  readonly timeout?: string;
}
