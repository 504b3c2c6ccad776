import { ServerError } from "../errors.js";
import { ConnectionError, UnusableAnswer } from "../http/connection-error.js";
import type { Transport, TransportRequest, TransportResponse } from "../http/request.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { RequestDetails } from "../model/diagnostics/vault.js";
import { retry } from "../http/retry.js";
import { redact } from "./redact.js";

/** What a Vault client needs: a server, a token, and a clock to wait by. */
export interface VaultSession {
  /** The address of the server. */
  readonly url: string;
  /** Sends a request. */
  readonly transport: Transport;
  /** Empty before a login. */
  readonly token: string;
  /** The variable that an operator would set to a token; VAULT_TOKEN, or another one in a fleet. */
  readonly tokenVariable?: string;
  /** Where the token is from, if it is not the value of that variable: a file or an item, or a login method. */
  readonly tokenFrom?: { readonly kind: "place" | "login"; readonly name: string } | undefined;
  /** Namespace of Vault Enterprise or OpenBao. */
  readonly namespace?: string | undefined;
  /** Pauses; the signal ends the pause early. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly clock: ServerClock;
  /** Once the operator interrupts, nothing is retried, and no wait for a retry starts. */
  readonly signal?: AbortSignal;
  /** Used by `freshness.ts`: the newest version of each KV secret that this session knows to exist. */
  readonly newest: Map<string, number>;
  /** Used by `locate.ts`: the server's information on the mount of each prefix. */
  readonly mounts: Map<string, VaultAnswer>;
}

/** The time by the server's clock. Its times are never compared with those of this machine. */
export interface ServerClock {
  /** Accurate to about a second; this machine's time before the first response. */
  readonly now: () => Date;
  /** Milliseconds by which it is ahead of this machine's clock. */
  readonly ahead: () => number;
}

/** A response of Vault. `body` is undefined if there is none. */
export interface VaultAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The text of the body, for values that a JavaScript number cannot hold. */
  readonly text: string;
  /** Vault's error messages, to be recognised but not shown. */
  readonly errors: readonly string[];
  /** The part of them that may be shown. */
  readonly reason: string;
  /** Milliseconds to wait before a retry (`Retry-After`). 0 if the server does not say. */
  readonly retryAfter: number;
}

/** The response is not from Vault. Whether Vault has seen the request is unknown. */
export class UnreadableAnswer extends ServerError {}

/** Vault is sealed. */
export class SealedVault extends ServerError {}

/** How often a request is sent before a temporary failure counts as permanent. */
const SENDS = 4;

/** The same during a leader election, which takes seconds: about 25 in all. */
const ELECTION_SENDS = 15;

/**
 * The same where a quota of the server lets only so many through in a second, or in a minute. The client that sends
 * most requests is refused most often: in a large fleet, the same request may be refused many times.
 */
const QUOTA_SENDS = 64;
const LONGEST_QUOTA_PAUSE = 1000;

/** The longest that a server may ask us to wait before one attempt, and that we wait by ourselves. */
const PATIENCE = 60_000;
const LONGEST_PAUSE = 2000;

/**
 * Statuses that do not tell what was done, and that may be temporary: from Vault itself, or from a proxy in front of
 * it.
 */
const PASSING_STATUS = new Set([408, 412, 429, 500, 502, 503, 504]);

/** A response, or the reason why there is none. */
export type Reply = VaultAnswer | ConnectionError | UnreadableAnswer;

/** Whether a retry may soon get another response. */
export function mayPass(reply: Reply): boolean {
  if (reply instanceof ServerError) return true;
  if (isSealed(reply) || isTooLarge(reply.errors)) return false;
  return isLeaderless(reply) || PASSING_STATUS.has(reply.status);
}

/** The storage always refuses what is too large; Vault calls it an internal error. */
export function isTooLarge(errors: readonly string[]): boolean {
  return errors.some((error) => error.includes("too large"));
}

/**
 * Milliseconds to wait before a retry: longer each time, and at least as long as the server asks for.
 *
 * @param count How often it has been sent.
 * @returns Undefined if a retry is not worthwhile.
 */
export function pauseAfter(reply: Reply, count: number): number | undefined {
  if (!mayPass(reply)) return undefined;
  const asked = reply instanceof ServerError ? 0 : reply.retryAfter;
  const [sends, longest] = patienceFor(reply);
  if (count >= sends || asked > PATIENCE) return undefined;
  return Math.max(asked, Math.min(100 * 2 ** count, longest));
}

function patienceFor(reply: Reply): readonly [sends: number, longestPause: number] {
  if (reply instanceof ServerError) return [SENDS, LONGEST_PAUSE];
  if (isOverQuota(reply)) return [QUOTA_SENDS, LONGEST_QUOTA_PAUSE];
  return [isLeaderless(reply) ? ELECTION_SENDS : SENDS, LONGEST_PAUSE];
}

function isOverQuota({ status, errors }: VaultAnswer): boolean {
  return status === 429 && errors.some((error) => error.includes("rate limit quota exceeded"));
}

/** A standby whose leader is gone either still redirects to it, or says that there is none. */
function isLeaderless({ status, errors }: VaultAnswer): boolean {
  if (status === 307) return true;
  return status === 500 && errors.some((error) => /active (cluster )?node|not the leader|leadership/i.test(error));
}

function isSealed({ status, errors }: VaultAnswer): boolean {
  return status === 503 && errors.some((error) => /sealed/i.test(error));
}

/** A path below `/v1/`; every component is encoded, so that no name can escape the prefix. */
export function apiPath(...components: readonly string[]): string {
  return components
    .flatMap((component) => component.split("/"))
    .map(encodeComponent)
    .join("/");
}

/** Encodes one path component: an application's name, with any characters. */
export function encodeComponent(component: string): string {
  const problem = ["", ".", ".."].includes(component) ? "dots" : component.isWellFormed() ? undefined : "surrogate";
  if (problem) throw new ServerError(diagnostic("secret-name-invalid", { name: component, problem }));
  return encodeURIComponent(component);
}

/** Sends one request without retrying, and returns any reply. */
export async function sendOnce(session: VaultSession, request: Omit<TransportRequest, "headers">): Promise<Reply> {
  const headers = {
    ...(session.token === "" ? {} : { "x-vault-token": session.token }),
    ...(session.namespace === undefined ? {} : { "x-vault-namespace": session.namespace }),
    "x-vault-request": "true",
    ...(request.body === undefined ? {} : { "content-type": "application/json" }),
  };
  try {
    const response = await session.transport({ ...request, headers });
    return parse(session.url, response, () => sensitiveTexts(session.token, request.body));
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof UnreadableAnswer) return error;
    throw error;
  }
}

/**
 * Sends one request without retrying.
 *
 * @throws ServerError if there was no meaningful response: no connection, a redirect, a sealed Vault.
 */
export async function send(session: VaultSession, request: Omit<TransportRequest, "headers">): Promise<VaultAnswer> {
  return answerOf(session, await sendOnce(session, request));
}

/** Sends a read-only request; retries after a temporary failure. */
export async function ask(session: VaultSession, request: Omit<TransportRequest, "headers">): Promise<VaultAnswer> {
  const reply = await retry(
    () => sendOnce(session, request),
    (reply, count) => {
      // If this process has too many open files, requests that complete in the meantime free theirs.
      const gone = reply instanceof ConnectionError && reply.unconnected && !/^E[MN]FILE$/.test(reply.code);
      const useless = reply instanceof UnreadableAnswer || reply instanceof UnusableAnswer;
      return gone || useless ? undefined : pauseAfter(reply, count);
    },
    (pause) => waitToRepeat(session, pause),
  );
  return answerOf(session, reply);
}

/** Waits before a retry; false if the operator has interrupted, and there must be none. */
export async function waitToRepeat({ sleep, signal }: VaultSession, pause: number): Promise<boolean> {
  if (signal?.aborted) return false;
  await sleep(pause);
  return !signal?.aborted;
}

/** Like `ask`, with GET. */
export function read(session: VaultSession, path: string): Promise<VaultAnswer> {
  return ask(session, { method: "GET", path });
}

/** @throws ServerError if there is no response, or a meaningless one. */
export function answerOf({ url, namespace }: VaultSession, reply: Reply): VaultAnswer {
  if (reply instanceof ServerError) throw reply;
  const { status, errors } = reply;
  if (status === 404 && errors.includes("namespace not found"))
    throw new ServerError(diagnostic("namespace-not-found", { url, namespace }), { status });
  if (isSealed(reply)) throw new SealedVault(diagnostic("vault-sealed", { url }), { status });
  if (status >= 300 && status < 400) throw new ServerError(diagnostic("vault-redirect", { url, status }), { status });
  return reply;
}

/** Vault's quotas give it in seconds. */
function retryAfterOf({ headers }: TransportResponse): number {
  const header = headers["retry-after"];
  return typeof header === "string" && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : 0;
}

function parse(url: string, response: TransportResponse, sent: () => readonly string[]): VaultAnswer {
  const { status, body } = response;
  const retryAfter = retryAfterOf(response);
  if (body === "") return { status, body: undefined, text: body, errors: [], reason: "", retryAfter };
  try {
    const parsed: unknown = JSON.parse(body);
    const errors = errorsOf(parsed);
    const reason = errors.length === 0 ? "" : redact(errors, sent()).join("; ");
    return { status, body: parsed, text: body, errors, reason, retryAfter };
  } catch {
    // Load balancers respond with a page of their own; then only the status counts.
    if (PASSING_STATUS.has(status)) return { status, body: undefined, text: "", errors: [], reason: "", retryAfter };
    // The parser's message quotes the body, which may hold values.
    throw new UnreadableAnswer(diagnostic("answer-not-json", { url, status }), { status });
  }
}

function errorsOf(body: unknown): string[] {
  const errors = typeof body === "object" && body !== null && "errors" in body ? body.errors : [];
  return Array.isArray(errors) ? errors.filter((error) => typeof error === "string") : [];
}

/** What was sent to the server and must not be quoted: the token, and the credentials or values in a body. */
function sensitiveTexts(token: string, body: string | undefined): string[] {
  const found = [token];
  const { data, secret_id, jwt } = (body === undefined ? {} : JSON.parse(body)) as Record<string, unknown>;
  for (const stack = [data, secret_id, jwt]; stack.length > 0; ) {
    const value = stack.pop();
    if (typeof value === "string") found.push(value);
    else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) stack.push(inner);
  }
  return found;
}

/** Vault says "nothing there" with an empty list of errors; any other 404 proves nothing. */
export function isProvenAbsence({ status, body }: VaultAnswer): boolean {
  if (status !== 404 || typeof body !== "object" || body === null || !("errors" in body)) return false;
  return Array.isArray(body.errors) && body.errors.length === 0;
}

/** A response that nothing else explains. */
export function unexpected({ url }: VaultSession, request: RequestDetails, answer: VaultAnswer): ServerError {
  const { status, reason } = answer;
  const { action, target } = request;
  const details = { url, status, reason, action, target, passing: mayPass(answer) };
  return new ServerError(diagnostic("vault-request-failed", details), { status });
}
