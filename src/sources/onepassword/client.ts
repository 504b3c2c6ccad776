import { ServerError } from "../../errors.js";
import { ConnectionError, UnusableAnswer } from "../../http/connection-error.js";
import type { Transport, TransportRequest, TransportResponse } from "../../http/transport.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { ConnectRequest } from "../../model/onepassword.js";
import { explainAnswer } from "./explain.js";

/** What a client of 1Password Connect needs: a server, a token, and a clock to wait by. */
export interface ConnectSession {
  readonly url: string;
  readonly transport: Transport;
  readonly token: string;
  /** The variable that the operator sets to a token; OP_CONNECT_TOKEN, or another one in a fleet. */
  readonly tokenVariable?: string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly now: () => Date;
}

const ATTEMPTS = 4;

/** The longest that a server may ask us to wait before one attempt. */
const PATIENCE = 60_000;

const PASSING_STATUS = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Reads what is at a path below `/v1/`, repeating it after a failure that may pass.
 *
 * @param request What it is, for errors.
 * @throws ServerError unless the server answered with what was asked for: nothing else proves anything.
 */
export async function getJson(session: ConnectSession, path: string, request: ConnectRequest): Promise<unknown> {
  return parse(session, request, await sendUntilAnswered(session, { method: "GET", path }));
}

/** Sends one request, without repeating it. */
export function send(session: ConnectSession, request: Omit<TransportRequest, "headers">): Promise<TransportResponse> {
  const headers = {
    authorization: `Bearer ${session.token}`,
    accept: "application/json",
    ...(request.body === undefined ? {} : { "content-type": "application/json" }),
  };
  return session.transport({ ...request, headers });
}

/**
 * Milliseconds to wait before a request is sent again that was sent `count` times; undefined if it was sent often enough.
 *
 * @throws ServerError if the server asks to wait too long.
 */
export function pauseAfter(session: ConnectSession, answer: TransportResponse, count: number): number | undefined {
  if (count === ATTEMPTS) return undefined;
  const wait = retryAfter(answer.headers["retry-after"], session.now()) ?? 100 * 2 ** count;
  if (wait > PATIENCE) {
    const { url } = session;
    const seconds = Math.ceil(wait / 1000);
    throw new ServerError(diagnostic("onepassword-busy", { url, seconds }), { status: answer.status });
  }
  return wait;
}

async function sendUntilAnswered(
  session: ConnectSession,
  request: Omit<TransportRequest, "headers">,
): Promise<TransportResponse> {
  for (let count = 1; ; count++) {
    let wait = 100 * 2 ** count;
    try {
      const answer = await send(session, request);
      const pause = PASSING_STATUS.has(answer.status) ? pauseAfter(session, answer, count) : undefined;
      if (pause === undefined) return answer;
      wait = pause;
    } catch (error) {
      const passing = error instanceof ConnectionError && !error.unconnected && !(error instanceof UnusableAnswer);
      if (!passing || count === ATTEMPTS) throw error;
    }
    await session.sleep(wait);
  }
}

/** What an answer holds. */
export function parse(session: ConnectSession, request: ConnectRequest, { status, body }: TransportResponse): unknown {
  if (status !== 200) throw explainAnswer(session, request, status);
  try {
    return JSON.parse(body) as unknown;
  } catch {
    // The parser's message quotes the body, which may hold values.
    throw new ServerError(diagnostic("onepassword-answer-not-json", { url: session.url, status }), { status });
  }
}

/** Milliseconds that a `Retry-After` header asks for: seconds, or a date. Undefined if it says neither. */
function retryAfter(header: string | string[] | undefined, now: Date): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Without letters it is no date, whatever Date.parse makes of it.
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
