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
  /** The variable that the operator sets to a token; VAULT_TOKEN, or another one in a fleet. */
  readonly tokenVariable?: string;
  /** Namespace of Vault Enterprise or OpenBao. */
  readonly namespace?: string | undefined;
  /** A pause; a shorter one if the signal comes. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly clock: ServerClock;
  /** Once the operator has asked to stop, nothing is sent again, and no wait for it is begun. */
  readonly signal?: AbortSignal;
  /** What `freshness.ts` keeps: the newest version of each KV secret that this session knows to exist. */
  readonly newest: Map<string, number>;
  /** What `locate.ts` keeps: what the server has said of the mount of each prefix. */
  readonly mounts: Map<string, VaultAnswer>;
}

/** The time by the server's clock. Its times are never compared with those of this machine. */
export interface ServerClock {
  /** To about a second; this machine's time before the first answer. */
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

/** How often a request is sent before a failure that may pass counts as one that does not. */
const SENDS = 4;

/** The same where a leader is being elected, which takes seconds: some 25 in all. */
const ELECTION_SENDS = 15;

/**
 * The same where a quota of the server lets only so many through in a second, or in a minute. Whoever asks most is refused
 * most often: of a large fleet, the same request many times.
 */
const QUOTA_SENDS = 64;
const LONGEST_QUOTA_PAUSE = 1000;

/** The longest that a server may ask us to wait before one attempt, and that we wait by ourselves. */
const PATIENCE = 60_000;
const LONGEST_PAUSE = 2000;

/** Statuses that say nothing about what was done, and that may pass: of Vault itself, or of a proxy before it. */
const PASSING_STATUS = new Set([408, 412, 429, 500, 502, 503, 504]);

/** What came back: an answer, or the reason why there is none. */
export type Reply = VaultAnswer | ConnectionError | UnreadableAnswer;

/** Whether the same request may be answered otherwise in a moment. */
export function mayPass(reply: Reply): boolean {
  if (reply instanceof ServerError) return true;
  if (isSealed(reply) || isTooLarge(reply.errors)) return false;
  return isLeaderless(reply) || PASSING_STATUS.has(reply.status);
}

/** What the storage refuses because of its size, it refuses each time; Vault calls it an internal error. */
export function isTooLarge(errors: readonly string[]): boolean {
  return errors.some((error) => error.includes("too large"));
}

/**
 * Milliseconds to wait before the same request is sent again: longer each time, and as long as the server asks for.
 *
 * @param count How often it has been sent.
 * @returns Undefined if it is not worth waiting any longer.
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

/** A standby whose leader is gone redirects to it all the same, or says that there is none. */
function isLeaderless({ status, errors }: VaultAnswer): boolean {
  if (status === 307) return true;
  return status === 500 && errors.some((error) => /active (cluster )?node|not the leader|leadership/i.test(error));
}

function isSealed({ status, errors }: VaultAnswer): boolean {
  return status === 503 && errors.some((error) => /sealed/i.test(error));
}

/** A path below `/v1/`; every component is encoded, so that no name can leave the prefix. */
export function apiPath(...components: readonly string[]): string {
  return components
    .flatMap((component) => component.split("/"))
    .map(encodeComponent)
    .join("/");
}

/** Encodes one path component: an application's name, whatever characters it holds. */
export function encodeComponent(component: string): string {
  const problem = ["", ".", ".."].includes(component) ? "dots" : component.isWellFormed() ? undefined : "surrogate";
  if (problem) throw new ServerError(diagnostic("secret-name-invalid", { name: component, problem }));
  return encodeURIComponent(component);
}

/** Sends one request, without repeating it, and gives back whatever comes. */
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
 * Sends one request, without repeating it.
 *
 * @throws ServerError where no answer came that says anything: no connection, a redirect, a sealed Vault.
 */
export async function send(session: VaultSession, request: Omit<TransportRequest, "headers">): Promise<VaultAnswer> {
  return answerOf(session, await sendOnce(session, request));
}

/** Sends a request that changes nothing; repeats it after a failure that may pass. */
export async function ask(session: VaultSession, request: Omit<TransportRequest, "headers">): Promise<VaultAnswer> {
  const reply = await retry(
    () => sendOnce(session, request),
    (reply, count) => {
      // Where this process has too many files open, those of requests that are answered meanwhile become free.
      const gone = reply instanceof ConnectionError && reply.unconnected && !/^E[MN]FILE$/.test(reply.code);
      const useless = reply instanceof UnreadableAnswer || reply instanceof UnusableAnswer;
      return gone || useless ? undefined : pauseAfter(reply, count);
    },
    (pause) => waitToRepeat(session, pause),
  );
  return answerOf(session, reply);
}

/** Waits before a request is sent again; false if the operator has asked to stop, and it is not to be. */
export async function waitToRepeat({ sleep, signal }: VaultSession, pause: number): Promise<boolean> {
  if (signal?.aborted) return false;
  await sleep(pause);
  return !signal?.aborted;
}

/** Asks with a GET, as `ask` does. */
export function read(session: VaultSession, path: string): Promise<VaultAnswer> {
  return ask(session, { method: "GET", path });
}

/** @throws ServerError where there is no answer, or one that says nothing. */
export function answerOf({ url, namespace }: VaultSession, reply: Reply): VaultAnswer {
  if (reply instanceof ServerError) throw reply;
  const { status, errors } = reply;
  if (status === 404 && errors.includes("namespace not found"))
    throw new ServerError(diagnostic("namespace-not-found", { url, namespace }), { status });
  if (isSealed(reply)) throw new SealedVault(diagnostic("vault-sealed", { url }), { status });
  if (status >= 300 && status < 400) throw new ServerError(diagnostic("vault-redirect", { url, status }), { status });
  return reply;
}

/** The quotas of Vault say it in seconds. */
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
    // Load balancers answer these with a page of their own; what counts then is the status.
    if (PASSING_STATUS.has(status)) return { status, body: undefined, text: "", errors: [], reason: "", retryAfter };
    // The parser's message quotes the body, which may hold values.
    throw new UnreadableAnswer(diagnostic("answer-not-json", { url, status }), { status });
  }
}

function errorsOf(body: unknown): string[] {
  const errors = typeof body === "object" && body !== null && "errors" in body ? body.errors : [];
  return Array.isArray(errors) ? errors.filter((error) => typeof error === "string") : [];
}

/** What a server was told and must not be quoted with: the token, and the credentials or values of a body. */
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

/** An answer that nothing else explains. */
export function unexpected({ url }: VaultSession, request: RequestDetails, answer: VaultAnswer): ServerError {
  const { status, reason } = answer;
  const { action, target } = request;
  const details = { url, status, reason, action, target, passing: mayPass(answer) };
  return new ServerError(diagnostic("vault-request-failed", details), { status });
}
