import { ExitCode, ServerError } from "../errors.js";
import { ConnectionError } from "../http/connection-error.js";
import { retry, until } from "../http/retry.js";
import type { TransportRequest } from "../http/request.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { VaultChange } from "../model/diagnostics/vault.js";
import { ContradictedRefusal } from "./explain-denied.js";
import {
  answerOf,
  isProvenAbsence,
  isTooLarge,
  mayPass,
  pauseAfter,
  type Reply,
  sendOnce,
  type VaultAnswer,
  type VaultSession,
  waitToRepeat,
} from "./protocol.js";

export type WriteOutcome =
  /** Vault holds it: it was acknowledged, or found afterwards. */
  | {
      readonly kind: "applied";
      readonly version: number;
      /** RFC 3339, if the server will delete the new version by itself. */
      readonly deletionTime?: string | undefined;
      /** Why it is incomplete, although the new version exists. */
      readonly incomplete?: ServerError;
    }
  /** Someone else wrote in the meantime. */
  | {
      readonly kind: "conflict";
      /**
       * The run that has noted as its own a version with exactly what was to be written. If two write identical data
       * over the same version, nobody can tell whose version it is. Otherwise nothing of ours was written.
       */
      readonly twin?: string;
    };

/** It is unknown whether a request that changes something took effect. */
export class UnknownOutcome extends ServerError {}

/** A request that changes something, and how to determine its outcome. */
export interface ChangeRequest<T> {
  readonly request: Omit<TransportRequest, "headers">;
  /** What is reported to the operator as having possibly happened. */
  readonly what: VaultChange;
  /** What a response acknowledges; undefined if it is not an acknowledgement. */
  readonly acknowledged: (answer: VaultAnswer) => T | undefined;
  /**
   * Checks whether Vault holds what was requested. Undefined: there is no trace of it, as far as this node knows.
   * `doubt`: whether one of the requests may have taken effect, judging by the responses.
   *
   * Without it the request is sent once: only its response counts.
   */
  readonly look?: (reply: Reply, doubt: boolean) => Promise<T | undefined>;
  /** The outcome if a response says that someone else was faster, and there is no trace of this request. */
  readonly overtaken?: (answer: VaultAnswer) => T | undefined;
  readonly refused: (answer: VaultAnswer) => Promise<ServerError> | ServerError;
}

/** How often to look for a trace of a request on a node that may lag behind. */
const LOOKS = 5;
/** The same if there has to be one. */
const LOOKS_WHERE_OVERTAKEN = 7;

/**
 * Sends a request that changes something, exactly once as far as Vault is concerned, and determines its outcome:
 * returns what took effect, or that someone else was faster; throws an `UnknownOutcome`; or throws another error if
 * nothing took effect.
 *
 * Only an acknowledgement, and a look at what Vault holds, count. Any other response may come from an intermediary, or
 * from a Vault that did perform the request: a redirect, a refusal, a timeout, a lost connection.
 */
export async function carryOut<T>(session: VaultSession, change: ChangeRequest<T>): Promise<T> {
  /** Whether one of the requests may have taken effect, or still may. */
  let doubt = false;
  // If its effect cannot be checked, it must not be sent twice, unless Vault cannot have seen it.
  const pauses = (reply: Reply, count: number): number | undefined =>
    wasSent(reply) && change.look === undefined ? undefined : pauseAfter(reply, count);
  const { reply, done } = await retry(
    async (count) => {
      const reply = await sendOnce(session, change.request);
      const acknowledged = reply instanceof ServerError ? undefined : change.acknowledged(reply);
      if (acknowledged !== undefined) return { reply, done: acknowledged };
      doubt ||= wasSent(reply) && leavesOpen(reply);
      if (!wasSent(reply)) return { reply, done: undefined };
      const isLast = pauses(reply, count) === undefined;
      const patience = overtaken(change, reply) === undefined ? LOOKS : LOOKS_WHERE_OVERTAKEN;
      const looks = isLast ? patience : 1;
      return { reply, done: await lookFor(session, change, reply, { looks, doubt }) };
    },
    ({ reply, done }, count) => (done === undefined ? pauses(reply, count) : undefined),
    (pause) => waitToRepeat(session, pause),
  );
  if (done !== undefined) return done;
  const failed = reply instanceof ServerError;
  if (doubt || (!failed && !isRefusal(reply))) throw unknown(await failureOf(session, change, reply), change);
  if (failed) throw reply;
  const instead = overtaken(change, reply);
  if (instead !== undefined) return instead;
  const refusal = await change.refused(reply);
  throw refusal instanceof ContradictedRefusal ? unknown(refusal, change) : refusal;
}

function wasSent(reply: Reply): boolean {
  return !(reply instanceof ConnectionError && reply.unconnected);
}

/** Whether a request with this reply may have taken effect, or still may. */
function leavesOpen(reply: Reply): boolean {
  return reply instanceof ServerError || reply.status < 300 || (mayPass(reply) && !isRefusal(reply));
}

function overtaken<T>(change: ChangeRequest<T>, reply: Reply): T | undefined {
  return reply instanceof ServerError ? undefined : change.overtaken?.(reply);
}

async function lookFor<T>(
  session: VaultSession,
  change: ChangeRequest<T>,
  reply: Reply,
  { looks, doubt }: { readonly looks: number; readonly doubt: boolean },
): Promise<T | undefined> {
  const { look } = change;
  if (look === undefined) return undefined;
  return retry(
    () =>
      look(reply, doubt).catch((error: unknown): never => {
        throw unknown(error, change);
      }),
    until((found) => found !== undefined, looks),
    session.sleep,
  );
}

/** Whether Vault itself has refused, in its own words. */
function isRefusal(answer: VaultAnswer): boolean {
  const { status, errors } = answer;
  if (status >= 500) return isTooLarge(errors);
  return status >= 400 && (errors.length > 0 || isProvenAbsence(answer));
}

async function failureOf<T>(session: VaultSession, change: ChangeRequest<T>, reply: Reply): Promise<ServerError> {
  try {
    return await change.refused(answerOf(session, reply));
  } catch (error) {
    if (error instanceof ServerError) return error;
    throw error;
  }
}

/** Must not look like "nothing was written". */
function unknown(error: unknown, { what }: ChangeRequest<unknown>): UnknownOutcome {
  if (!(error instanceof ServerError)) throw error;
  return new UnknownOutcome(diagnostic("outcome-unknown", { change: what, cause: error.diagnostic }), {
    cause: error,
    status: error.status,
    exitCode: ExitCode.findings,
  });
}
