/** A Vault takes no request of more than 32 MiB, so that nothing which it answers is larger than this. */
export const LARGEST_ANSWER = 34 * 2 ** 20;

export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "LIST";
  /** Below the prefix of the connection, each component already percent-encoded. */
  readonly path: string;
  /** Of several values each is a header of its own. */
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

/** What messages call a server, and where it is configured. */
export interface ServerName {
  readonly name: string;
  /** The setting that holds its URL. */
  readonly setting: string;
  /** The variable that names the authority of its certificate. */
  readonly authority: string;
  /** A variable that other programs read for it; it is set, and may have been meant. */
  readonly unreadAuthority?: string;
  /** The variable that says how long a whole answer may take, if there is one. */
  readonly timeout?: string;
}
