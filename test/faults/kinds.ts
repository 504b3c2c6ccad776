import type { Fate } from "../support/proxy.js";
import type { ServerName } from "./stage.js";

/** Something that goes wrong with a request. */
export interface FaultKind {
  readonly name: string;
  readonly fate: Fate;
  /** Whether the server may have carried the request out. */
  readonly applies: boolean;
}

const errors = (...texts: readonly string[]): string => JSON.stringify({ errors: texts });
const HTML = "<!DOCTYPE html><html><body><h1>Sign in to the network</h1></body></html>";
const answer = (name: string, fate: Extract<Fate, { status: number }>): FaultKind => ({
  name,
  fate,
  applies: fate.applied ?? false,
});

/** The server is gone from a request on: this is done to the proxy, and not to the request. */
export const REFUSED: FaultKind = { name: "connection refused", fate: "reset-before", applies: false };
export const STALLED: FaultKind = { name: "stalled until the time-out", fate: "stall", applies: false };

export const FAULT_KINDS: readonly FaultKind[] = [
  REFUSED,
  { name: "reset before", fate: "reset-before", applies: false },
  { name: "reset after", fate: "reset-after", applies: true },
  { name: "answer cut in half", fate: "cut", applies: true },
  answer("500", { status: 500, body: errors("internal error") }),
  answer("502 page after", { status: 502, body: HTML, headers: { "content-type": "text/html" }, applied: true }),
  answer("429 Retry-After", { status: 429, body: errors("too many requests"), headers: { "retry-after": "1" } }),
  answer("403", { status: 403, body: errors("1 error occurred:\n\t* permission denied\n\n") }),
  answer("sealed", { status: 503, body: errors("Vault is sealed") }),
  answer("412", { status: 412, body: errors("required index state not present") }),
  STALLED,
  answer("invalid JSON", { status: 200, body: '{"data": {"data":' }),
  answer("invalid JSON after", { status: 200, body: '{"data": {"data":', applied: true }),
  answer("HTML page", { status: 200, body: HTML, headers: { "content-type": "text/html" } }),
];

/**
 * What an answer can make a client believe of a write that was carried out, or will be. An acknowledgement of what was not
 * carried out is not among them: no client can tell that from the truth.
 */
export type Lie =
  /** Reads that follow are answered as a node does that knows nothing of the write, for a while. */
  | { readonly name: "stale reads" }
  | { readonly name: string; readonly fate: Fate }
  /** It reaches the server only after so many more requests were answered; or after the run. */
  | { readonly name: string; readonly after: number };

const wrongStatus = (name: string, status: number, body: string, headers = {}): Lie => ({
  name: `carried out, and ${name}`,
  fate: { status, body, headers, applied: true },
});

export const LIES: readonly Lie[] = [
  { name: "stale reads" },
  { name: "delivered twice", fate: "twice" },
  { name: "lost answer", fate: "reset-after" },
  { name: "late by a request", after: 1 },
  { name: "late by three requests", after: 3 },
  { name: "later than the run", after: Infinity },
  wrongStatus("307", 307, "", { location: "http://127.0.0.1:9/v1/" }),
  wrongStatus("403", 403, errors("1 error occurred:\n\t* permission denied\n\n")),
  wrongStatus("sealed", 503, errors("Vault is sealed")),
  wrongStatus("204", 204, ""),
  wrongStatus("500", 500, errors("internal error")),
];

/** One fault at one moment of a run. */
export interface Fault {
  readonly kind: FaultKind;
  readonly server: ServerName;
  /** The request, counted from zero, that it happens to. */
  readonly index: number;
  /** Whether it happens to all later requests of the run too. */
  readonly lasts: boolean;
}

export function describeFault({ kind, server, index, lasts }: Fault): string {
  return `${kind.name} at ${server} request ${index}${lasts ? " and all later ones" : ""}`;
}
