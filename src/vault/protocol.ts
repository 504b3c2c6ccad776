import { ServerError } from "../errors.js";
import { ConnectionError, type Transport, type TransportRequest, type TransportResponse } from "../http/transport.js";
import { redact } from "./redact.js";

/** What a Vault client needs: a server, a token, and a clock to wait by. */
export interface VaultSession {
  readonly url: string;
  readonly transport: Transport;
  /** Empty before a login. */
  readonly token: string;
  /** Namespace of Vault Enterprise or OpenBao. */
  readonly namespace?: string | undefined;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** An answer as Vault gives it; `body` is undefined where there is none. */
export interface VaultAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The text of the body, for values that a JavaScript number cannot hold. */
  readonly text: string;
  /** Vault's own error texts, to be recognised but not shown. */
  readonly errors: readonly string[];
  /** Milliseconds that the server asks to wait before the next attempt; 0 if it does not say. */
  readonly retryAfter: number;
  /** What of them may be shown. */
  readonly reason: string;
}

/** What came is no answer of Vault's: whether it has seen the request is unknown. */
export class UnreadableAnswer extends ServerError {}

/** A sealed Vault does nothing at all. */
export class SealedVault extends ServerError {}

const READ_ATTEMPTS = 4;

/** The longest that a server may ask us to wait before one attempt. */
const PATIENCE = 60_000;

const MOVED = "Set vaultUrl to the address that it redirects to.";
/** OpenBao answers 500 then; HashiCorp Vault sends the client to the last leader that it knew. */
const LEADERLESS = "A standby of Vault redirects, too, while it cannot reach the leader: then run again once it can.";

/** Statuses that say nothing about what was done, and that may pass: of Vault itself, or of a proxy before it. */
const PASSING_STATUS = new Set([408, 412, 429, 500, 502, 503, 504]);

export function mayPass({ status, errors }: VaultAnswer): boolean {
  return isPassing(status) && !isSealed(errors);
}

export function isPassing(status: number): boolean {
  return PASSING_STATUS.has(status);
}

function isSealed(errors: readonly string[]): boolean {
  return errors.some((error) => /sealed/i.test(error));
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
  if (component === "." || component === "..") {
    throw new ServerError(`"${component}" cannot be the name of a secret in Vault`);
  }
  if (!component.isWellFormed()) throw new ServerError(`"${component}" has half of a surrogate pair, and is no name`);
  return encodeURIComponent(component);
}

/** Sends one request, without repeating it. */
export async function send(session: VaultSession, request: Omit<TransportRequest, "headers">): Promise<VaultAnswer> {
  const headers = {
    ...(session.token === "" ? {} : { "x-vault-token": session.token }),
    ...(session.namespace === undefined ? {} : { "x-vault-namespace": session.namespace }),
    "x-vault-request": "true",
    ...(request.body === undefined ? {} : { "content-type": "application/json" }),
  };
  const answer = parse(session.url, await session.transport({ ...request, headers }), () =>
    sensitiveTexts(session.token, request.body),
  );
  if (answer.status === 503 && isSealed(answer.errors)) throw sealed(session.url, answer);
  if (answer.status >= 300 && answer.status < 400) {
    throw new ServerError(`Vault at ${session.url} answers with a redirect (${answer.status}), which is not followed`, {
      status: answer.status,
      hint: answer.status === 307 ? `${MOVED} ${LEADERLESS}` : MOVED,
    });
  }
  return answer;
}

/** Sends a request that changes nothing; repeats it after a failure that may pass. */
export async function read(session: VaultSession, path: string): Promise<VaultAnswer> {
  for (let attempt = 1; ; attempt++) {
    let asked = 0;
    try {
      const answer = await send(session, { method: "GET", path });
      asked = answer.retryAfter;
      if (!mayPass(answer) || attempt === READ_ATTEMPTS || asked > PATIENCE) return answer;
    } catch (error) {
      const passing = error instanceof ConnectionError && !error.unconnected;
      if (!passing || attempt === READ_ATTEMPTS) throw error;
    }
    await session.sleep(Math.max(asked, 100 * 2 ** attempt));
  }
}

/** How long to wait before a write is tried again: longer each time, and as long as the server asks for. */
export function pauseAfter(answer: VaultAnswer | ServerError, attempt: number): number {
  const asked = answer instanceof ServerError ? 0 : answer.retryAfter;
  return Math.max(Math.min(asked, PATIENCE), 100 * 2 ** attempt);
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
    throw new UnreadableAnswer(`The answer of ${url} (status ${status}) is no JSON`, {
      status,
      hint: "Check that vaultUrl is the address of a Vault server and not of a proxy or a web page.",
    });
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

function sealed(url: string, { status }: VaultAnswer): ServerError {
  return new SealedVault(`Vault at ${url} is sealed`, { status, hint: "Unseal it and run again." });
}

/** Vault says "nothing there" with an empty list of errors; any other 404 proves nothing. */
export function isProvenAbsence({ status, body }: VaultAnswer): boolean {
  if (status !== 404 || typeof body !== "object" || body === null || !("errors" in body)) return false;
  return Array.isArray(body.errors) && body.errors.length === 0;
}

/** An answer that nothing else explains. */
export function unexpected(session: VaultSession, what: string, answer: VaultAnswer): ServerError {
  const { status, reason } = answer;
  return new ServerError(`${what} failed at ${session.url}: status ${status}${reason === "" ? "" : `: ${reason}`}`, {
    status,
    ...(mayPass(answer)
      ? { hint: "Check the state of the server, and of what stands before it, then run again." }
      : {}),
  });
}
