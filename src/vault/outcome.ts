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

/** What became of a write. */
export type WriteOutcome =
  /** Vault holds it: it was acknowledged, or found in place. */
  | {
      readonly kind: "applied";
      readonly version: number;
      /** RFC 3339, when the server will delete the new version by itself. */
      readonly deletionTime?: string | undefined;
      /** Why not all of it could be done, although the new version is there. */
      readonly incomplete?: ServerError;
    }
  /** Somebody else wrote meanwhile. */
  | {
      readonly kind: "conflict";
      /**
       * The run that has noted a version as its own which holds exactly what was to be written. Of two that write the
       * very same over the same version nobody can tell whose it became. Otherwise nothing of ours was written.
       */
      readonly twin?: string;
    };

/** It is not known whether a request that changes something was carried out. */
export class UnknownOutcome extends ServerError {}

/** A request that changes something, and how to find out what became of it. */
export interface ChangeRequest<T> {
  readonly request: Omit<TransportRequest, "headers">;
  /** What the operator is told that may have happened. */
  readonly what: VaultChange;
  /** What an answer acknowledges; undefined if it is no acknowledgement. */
  readonly acknowledged: (answer: VaultAnswer) => T | undefined;
  /**
   * Looks whether Vault holds what was asked for. Undefined: there is no trace of it, as far as this node knows. `doubt`:
   * whether one of the requests may have been carried out, as far as their answers tell.
   *
   * Without it the request is sent once: nothing but its answer tells.
   */
  readonly look?: (reply: Reply, doubt: boolean) => Promise<T | undefined>;
  /** What it comes to where an answer says that somebody was faster, and there is no trace of this request. */
  readonly overtaken?: (answer: VaultAnswer) => T | undefined;
  /** Why Vault did not do it. */
  readonly refused: (answer: VaultAnswer) => Promise<ServerError> | ServerError;
}

/** How often a node that may lag behind is asked for a trace of a request that it may not know of yet. */
const LOOKS = 5;
/** The same where there has to be one. */
const LOOKS_WHERE_OVERTAKEN = 7;

/**
 * Sends a request that changes something, exactly once as far as Vault is concerned, and says what became of it: this
 * returns what was carried out, or that somebody else was faster; throws an `UnknownOutcome`; or throws another error if
 * nothing was carried out.
 *
 * Only an acknowledgement, and a look at what Vault holds, count. Every other answer may come from something before
 * Vault, or from a Vault that has carried the request out: a redirect, a refusal, a time-out, a lost connection.
 */
export async function carryOut<T>(session: VaultSession, change: ChangeRequest<T>): Promise<T> {
  /** Whether one of the requests may have been carried out, or may still be. */
  let doubt = false;
  // What cannot be looked for must not be sent a second time, unless Vault cannot have seen it.
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

/** Whether a request that was answered so may have been carried out, or may still be. */
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

/** Whether Vault itself, in its own words, has said no. */
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

/** That must not look like "nothing was written". */
function unknown(error: unknown, { what }: ChangeRequest<unknown>): UnknownOutcome {
  if (!(error instanceof ServerError)) throw error;
  return new UnknownOutcome(diagnostic("outcome-unknown", { change: what, cause: error.diagnostic }), {
    cause: error,
    status: error.status,
    exitCode: ExitCode.findings,
  });
}
