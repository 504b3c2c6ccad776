import { ServerError } from "../errors.js";
import { type Fields, fieldsOf } from "./answer-fields.js";
import { explainDenied, rejectedToken } from "./explain-denied.js";
import { carryOut } from "./outcome.js";
import { isProvenAbsence, read, unexpected, type VaultAnswer, type VaultSession } from "./protocol.js";
import { commandLine } from "../model/shell.js";

/** No auth method or engine is enabled where something was looked for. */
export class NotEnabled extends ServerError {}

/** Reads; undefined only if the server proved that there is nothing. */
export async function get(session: VaultSession, path: string, capability = "read"): Promise<Fields | undefined> {
  const answer = await read(session, path);
  if (answer.status === 404 && answer.errors.some((error) => error.startsWith("no handler for route")))
    throw notEnabled(path);
  if (isProvenAbsence(answer)) return undefined;
  if (answer.status !== 200) throw await refused(session, answer, capability, path);
  return fieldsOf(session, shownPath(path), answer, "data");
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
    acknowledged: (answer) => (isAcknowledgement(answer) ? answer : undefined),
    ...(look && { look: async () => ((await look()) ? DONE : undefined) }),
    refused: (answer) => refused(session, answer, "update", path),
  });
}

/** Vault says 204 where it has nothing to add, and otherwise 200 with what that is. */
function isAcknowledgement({ status, body }: VaultAnswer): boolean {
  return status === 204 || (status === 200 && typeof body === "object" && body !== null && !Array.isArray(body));
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
  const shown = shownPath(path);
  // With its last use a token is gone before Vault looks up what it may do.
  const spent = answer.status === 400 && answer.errors.some((error) => error.includes("invalid token"));
  const rejected = spent ? await rejectedToken(session) : undefined;
  if (rejected) return rejected;
  return answer.status === 403 ? explainDenied(session, answer, capability, shown) : unexpected(session, shown, answer);
}

/** A path as messages name it. */
export function shownPath(path: string): string {
  return decodeURIComponent(path.replace(/\?.*$/s, ""));
}

function notEnabled(path: string): ServerError {
  const mount = path.split("/").slice(0, 2).join("/");
  return new NotEnabled(`${mount} is not enabled in Vault`, {
    status: 404,
    hint: `Enable it: ${commandLine("vault", "auth", "enable", mount.slice("auth/".length))}`,
  });
}

/** Whoever took that for the new credential would end the old ones. */
export function notMade({ url }: VaultSession, what: string, answered: string): ServerError {
  return new ServerError(`Vault at ${url} was asked for a ${what} and answered ${answered}`, {
    hint: "Nothing older was ended. Check that vaultUrl is the address of a Vault server, and what stands before it.",
  });
}
