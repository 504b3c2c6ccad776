import { ServerError } from "../errors.js";
import { explainDenied, rejectedToken } from "./explain-denied.js";
import { carryOut } from "./outcome.js";
import { read, unexpected, type VaultAnswer, type VaultSession } from "./protocol.js";
import { commandLine } from "../model/shell.js";

/** The members of an answer. */
export type Data = Readonly<Record<string, unknown>>;

/** Reads; undefined where Vault says that there is nothing. */
export async function get(session: VaultSession, path: string, capability = "read"): Promise<Data | undefined> {
  const answer = await read(session, path);
  if (answer.status === 404 && answer.errors.some((error) => error.includes("no handler for route")))
    throw notEnabled(path);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw await refused(session, answer, capability, path);
  return dataOf(answer);
}

/** A request that changes something about policies, tokens or roles. */
export interface Change {
  readonly method?: "POST" | "PUT";
  readonly path: string;
  readonly body: object;
  /** What the operator is told that may have happened. */
  readonly what: string;
  /** Whether Vault holds what was asked for; without it the request is sent once. */
  readonly look?: () => Promise<boolean>;
}

/** @throws UnknownOutcome if nobody could be asked what became of it. */
export function change(
  session: VaultSession,
  { method = "POST", path, body, what, look }: Change,
): Promise<VaultAnswer> {
  return carryOut(session, {
    request: { method, path, body: JSON.stringify(body) },
    what,
    acknowledged: (answer) => (answer.status === 200 || answer.status === 204 ? answer : undefined),
    ...(look && { look: async () => ((await look()) ? DONE : undefined) }),
    refused: (answer) => refused(session, answer, "update", path),
  });
}

/** What stands for the answer of a request that was carried out although its answer was lost. */
const DONE: VaultAnswer = { status: 204, body: undefined, text: "", errors: [], retryAfter: 0, reason: "" };

/** Why Vault did not do it. */
export async function refused(
  session: VaultSession,
  answer: VaultAnswer,
  capability: string,
  path: string,
): Promise<ServerError> {
  const shown = decodeURIComponent(path.replace(/\?.*$/s, ""));
  // With its last use a token is gone before Vault looks up what it may do.
  const spent = answer.status === 400 && answer.errors.some((error) => error.includes("invalid token"));
  const rejected = spent ? await rejectedToken(session) : undefined;
  if (rejected) return rejected;
  return answer.status === 403 ? explainDenied(session, answer, capability, shown) : unexpected(session, shown, answer);
}

function notEnabled(path: string): ServerError {
  const mount = path.split("/").slice(0, 2).join("/");
  return new ServerError(`${mount} is not enabled in Vault`, {
    status: 404,
    hint: `Enable it: ${commandLine("vault", "auth", "enable", mount.slice("auth/".length))}`,
  });
}

/** The data of an answer; empty where there is none. */
export function dataOf({ body }: VaultAnswer): Data {
  return (body as { data?: Data | null } | undefined)?.data ?? {};
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Whoever took nothing for the new credential would end the old ones. */
export function gaveNone({ url }: VaultSession, what: string): ServerError {
  return new ServerError(`Vault at ${url} was asked for a ${what} and answered without one`, {
    hint: "Nothing older was ended. Check that vaultUrl is the address of a Vault server.",
  });
}
