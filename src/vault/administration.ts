import { ServerError } from "../errors.js";
import { type Fields, fieldsOf } from "./answer-fields.js";
import { rejectedToken, whyRefused } from "./explain-denied.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { CredentialFault, VaultChange } from "../model/diagnostics/vault.js";
import { carryOut } from "./outcome.js";
import { isProvenAbsence, read, type VaultAnswer, type VaultSession } from "./protocol.js";

/** No auth method or secrets engine is enabled at a path. */
export class NotEnabled extends ServerError {}

/** Reads; undefined only if the server proved that nothing is there. */
export async function get(session: VaultSession, path: string, capability = "read"): Promise<Fields | undefined> {
  const answer = await read(session, path);
  if (answer.status === 404 && answer.errors.some((error) => error.startsWith("no handler for route")))
    throw new NotEnabled(diagnostic("auth-method-not-enabled", { mount: path.split("/").slice(0, 2).join("/") }), {
      status: 404,
    });
  if (isProvenAbsence(answer)) return undefined;
  if (answer.status !== 200) throw await refused(session, answer, capability, path);
  return fieldsOf(session, shownPath(path), answer, "data");
}

/** A request that changes policies, tokens or roles. */
export interface Change {
  readonly method?: "POST" | "PUT";
  readonly path: string;
  readonly body: object;
  /** What is reported to the operator as having possibly happened. */
  readonly what: VaultChange;
  /** Whether Vault holds what was requested; without it the request is sent once. */
  readonly look?: () => Promise<boolean>;
}

/** @throws UnknownOutcome if its result could not be determined. */
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

/** Vault responds with 204 if it has nothing to add, and otherwise with 200 and a body. */
function isAcknowledgement({ status, body }: VaultAnswer): boolean {
  return status === 204 || (status === 200 && typeof body === "object" && body !== null && !Array.isArray(body));
}

/** Replaces the lost response to a request that took effect. */
const DONE: VaultAnswer = { status: 204, body: undefined, text: "", errors: [], retryAfter: 0, reason: "" };

/** Why Vault refused. */
export async function refused(
  session: VaultSession,
  answer: VaultAnswer,
  capability: string,
  path: string,
): Promise<ServerError> {
  const shown = shownPath(path);
  // A token is gone after its last use, before Vault looks up its rights.
  const spent = answer.status === 400 && answer.errors.some((error) => error.includes("invalid token"));
  const rejected = spent ? await rejectedToken(session) : undefined;
  return rejected ?? whyRefused(session, answer, { action: "call", target: shown, capability, path: shown });
}

export function shownPath(path: string): string {
  return decodeURIComponent(path.replace(/\?.*$/s, ""));
}

/** If this were taken for the new credential, the old ones would be ended. */
export function notMade({ url }: VaultSession, fault: CredentialFault): ServerError {
  return new ServerError(diagnostic("credential-answer-wrong", { url, ...fault }));
}
