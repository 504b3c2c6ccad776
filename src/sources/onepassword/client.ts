import { ServerError } from "../../errors.js";
import { ConnectionError, UnusableAnswer } from "../../http/connection-error.js";
import { retry } from "../../http/retry.js";
import type { Transport, TransportRequest, TransportResponse } from "../../http/request.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { ConnectRequest } from "../../model/onepassword.js";
import { explainAnswer } from "./explain.js";

/** What a 1Password Connect client needs: a server, a token, and a clock to wait by. */
export interface ConnectSession {
  readonly url: string;
  readonly transport: Transport;
  readonly token: string;
  /** The variable that an operator would set to a token; OP_CONNECT_TOKEN, or another one in a fleet. */
  readonly tokenVariable?: string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly now: () => Date;
}

/** How often a request is sent before a temporary failure counts as permanent. */
const SENDS = 4;

/** The longest wait before a retry that a server may demand. */
const PATIENCE = 60_000;

const PASSING_STATUS = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Reads from a path below `/v1/`, and retries after a temporary failure.
 *
 * @param request The request, for errors.
 * @throws ServerError unless the server returned what was requested: nothing else proves anything.
 */
export async function getJson(session: ConnectSession, path: string, request: ConnectRequest): Promise<unknown> {
  return parse(session, request, await ask(session, { method: "GET", path }));
}

/** A response, or the reason why there is none. */
export type Reply = TransportResponse | ConnectionError;

/** Sends one request without retrying, and returns any reply. */
export async function sendOnce(session: ConnectSession, request: Omit<TransportRequest, "headers">): Promise<Reply> {
  const headers = {
    authorization: `Bearer ${session.token}`,
    accept: "application/json",
    ...(request.body === undefined ? {} : { "content-type": "application/json" }),
  };
  try {
    return await session.transport({ ...request, headers });
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
}

/**
 * Milliseconds to wait before retrying a request sent `count` times; undefined after enough attempts.
 *
 * @throws ServerError if the server asks to wait too long.
 */
export function pauseAfter(session: ConnectSession, answer: TransportResponse, count: number): number | undefined {
  if (count === SENDS) return undefined;
  const wait = retryAfter(answer.headers["retry-after"], session.now()) ?? 100 * 2 ** count;
  if (wait > PATIENCE) {
    const { url } = session;
    const seconds = Math.ceil(wait / 1000);
    throw new ServerError(diagnostic("onepassword-busy", { url, seconds }), { status: answer.status });
  }
  return wait;
}

/** Sends a read-only request; retries after a temporary failure. */
async function ask(session: ConnectSession, request: Omit<TransportRequest, "headers">): Promise<TransportResponse> {
  const reply = await retry(
    () => sendOnce(session, request),
    (reply, count) => {
      if (!(reply instanceof ConnectionError))
        return PASSING_STATUS.has(reply.status) ? pauseAfter(session, reply, count) : undefined;
      const passing = !reply.unconnected && !(reply instanceof UnusableAnswer);
      return passing && count < SENDS ? 100 * 2 ** count : undefined;
    },
    session.sleep,
  );
  if (reply instanceof ConnectionError) throw reply;
  return reply;
}

/** A response's JSON. */
export function parse(session: ConnectSession, request: ConnectRequest, { status, body }: TransportResponse): unknown {
  if (status !== 200) throw explainAnswer(session, request, status);
  try {
    return JSON.parse(body) as unknown;
  } catch {
    // The parser's message quotes the body, which may hold values.
    throw new ServerError(diagnostic("onepassword-answer-not-json", { url: session.url, status }), { status });
  }
}

/** Milliseconds from a `Retry-After` header: seconds, or a date. Undefined for anything else. */
function retryAfter(header: string | string[] | undefined, now: Date): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Without letters it is not a date, even if Date.parse accepts it.
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
