import { ExitCode, ServerError } from "../errors.js";
import { ConnectionError } from "../http/connection-error.js";
import type { TransportRequest } from "../http/transport.js";
import {
  type Attempt,
  answerOf,
  attempt,
  isProvenAbsence,
  isTooLarge,
  mayPass,
  pauseBefore,
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
      /** Why not all of it could be done, although the new version is there. */
      readonly incomplete?: ServerError;
    }
  /** Somebody else wrote meanwhile; nothing of ours was written. */
  | { readonly kind: "conflict" };

/** It is not known whether a request that changes something was carried out. */
export class UnknownOutcome extends ServerError {}

/** A request that changes something, and how to find out what became of it. */
export interface ChangeRequest<T> {
  readonly request: Omit<TransportRequest, "headers">;
  /** What the operator is told that may have happened, e.g. `app was written`. */
  readonly what: string;
  /** What an answer acknowledges; undefined if it is no acknowledgement. */
  readonly acknowledged: (answer: VaultAnswer) => T | undefined;
  /**
   * Looks whether Vault holds what was asked for. Undefined: there is no trace of it, as far as this node knows. `doubt`:
   * whether one of the requests may have been carried out, as far as their answers tell.
   *
   * Without it the request is sent once: nothing but its answer tells.
   */
  readonly look?: (answer: Attempt, doubt: boolean) => Promise<T | undefined>;
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
 * returns what was carried out, throws an `UnknownOutcome`, or throws another error if nothing was carried out.
 *
 * Only an acknowledgement, and a look at what Vault holds, count. Every other answer may come from something before
 * Vault, or from a Vault that has carried the request out: a redirect, a refusal, a time-out, a lost connection.
 */
export async function carryOut<T>(session: VaultSession, change: ChangeRequest<T>): Promise<T> {
  /** Whether one of the requests may have been carried out, or may still be. */
  let doubt = false;
  for (let count = 1; ; count++) {
    const answer = await attempt(session, change.request);
    const failed = answer instanceof ServerError;
    const acknowledged = failed ? undefined : change.acknowledged(answer);
    if (acknowledged !== undefined) return acknowledged;
    const sent = !(answer instanceof ConnectionError && answer.unconnected);
    doubt ||= sent && (failed || answer.status < 300 || (mayPass(answer) && !isRefusal(answer)));
    const pause = sent && change.look === undefined ? undefined : pauseBefore(answer, count);
    const overtaken = failed ? undefined : change.overtaken?.(answer);
    if (sent && change.look !== undefined) {
      const looks = pause !== undefined ? 1 : overtaken !== undefined ? LOOKS_WHERE_OVERTAKEN : LOOKS;
      const found = await lookFor(session, change, answer, { looks, doubt });
      if (found !== undefined) return found;
    }
    if (pause === undefined || !(await waitToRepeat(session, pause))) {
      if (doubt || (!failed && !isRefusal(answer))) throw unknown(await failureOf(session, change, answer), change);
      if (failed) throw answer;
      if (overtaken !== undefined) return overtaken;
      throw await change.refused(answer);
    }
  }
}

async function lookFor<T>(
  session: VaultSession,
  change: ChangeRequest<T>,
  answer: Attempt,
  { looks, doubt }: { readonly looks: number; readonly doubt: boolean },
): Promise<T | undefined> {
  for (let count = 1; ; count++) {
    const found = await change.look?.(answer, doubt).catch((error: unknown): never => {
      throw unknown(error, change);
    });
    if (found !== undefined || count >= looks) return found;
    await session.sleep(50 * 2 ** count);
  }
}

/** Whether Vault itself, in its own words, has said no. */
function isRefusal(answer: VaultAnswer): boolean {
  const { status, errors } = answer;
  if (status >= 500) return isTooLarge(errors);
  return status >= 400 && (errors.length > 0 || isProvenAbsence(answer));
}

async function failureOf<T>(session: VaultSession, change: ChangeRequest<T>, answer: Attempt): Promise<ServerError> {
  try {
    return await change.refused(answerOf(session, answer));
  } catch (error) {
    if (error instanceof ServerError) return error;
    throw error;
  }
}

/** That must not look like "nothing was written". */
function unknown(error: unknown, { what }: ChangeRequest<unknown>): UnknownOutcome {
  if (!(error instanceof ServerError)) throw error;
  return new UnknownOutcome(`${error.message}; whether ${what} is unknown`, {
    cause: error,
    status: error.status,
    hint: `${error.hint === undefined ? "Run" : `${error.hint} Then run`} the same command again: it looks at what is there before it writes.`,
    exitCode: ExitCode.findings,
  });
}
