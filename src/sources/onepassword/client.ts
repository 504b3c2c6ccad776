import { ServerError } from "../../errors.js";
import { ConnectionError, UnusableAnswer } from "../../http/connection-error.js";
import type { Transport, TransportRequest, TransportResponse } from "../../http/transport.js";
import { explainAnswer, noJson } from "./explain.js";
import { retryAfter } from "./retry-after.js";

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
 * @param what Names it in errors: `Reading ${what} failed`.
 * @throws ServerError unless the server answered with what was asked for: nothing else proves anything.
 */
export async function getJson(session: ConnectSession, path: string, what: string): Promise<unknown> {
  const answer = await attempt(session, { method: "GET", path });
  return parse(session.url, `Reading ${what}`, answer);
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
  if (wait > PATIENCE) throw tooLong(session.url, answer.status, wait);
  return wait;
}

async function attempt(
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
export function parse(url: string, what: string, { status, body }: TransportResponse): unknown {
  if (status !== 200) throw explainAnswer(url, what, status);
  try {
    return JSON.parse(body) as unknown;
  } catch {
    // The parser's message quotes the body, which may hold values.
    throw noJson(url, status);
  }
}

function tooLong(url: string, status: number, wait: number): ServerError {
  return new ServerError(`1Password Connect at ${url} asks to wait ${Math.ceil(wait / 1000)} seconds`, {
    status,
    hint: "Its limit of requests is used up. Run again after that time.",
  });
}
