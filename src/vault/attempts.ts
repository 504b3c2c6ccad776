import { ExitCode, ServerError } from "../errors.js";
import { ConnectionError } from "../http/connection-error.js";
import type { TransportRequest } from "../http/transport.js";
import type { VaultLocation } from "../model/environment.js";
import type { ApplicationWrite } from "../model/write.js";
import { mayPass, send, unexpected, UnreadableAnswer, type VaultAnswer, type VaultSession } from "./protocol.js";

/** What became of a write. */
export type WriteOutcome =
  /** The server acknowledged it, or it was found in place after the answer had been lost. */
  | {
      readonly kind: "applied";
      readonly version: number;
      /** Why not all of it could be done, although the new version is there. */
      readonly incomplete?: ServerError;
    }
  /** Somebody else wrote meanwhile; nothing of ours was written. */
  | { readonly kind: "conflict" };

/** What a request led to; without an answer of Vault's, nobody knows. */
export type Attempt = VaultAnswer | ConnectionError | UnreadableAnswer;

export const WRITE_ATTEMPTS = 4;

export async function attemptSend(session: VaultSession, request: Omit<TransportRequest, "headers">): Promise<Attempt> {
  try {
    return await send(session, request);
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof UnreadableAnswer) return error;
    throw error;
  }
}

/** Whether an answer says what became of a request. */
export function isClear(answer: Attempt): answer is VaultAnswer {
  return !(answer instanceof ServerError) && !mayPass(answer);
}

/** Where no connection came about, the server cannot have seen the request. */
export function wasSent(answer: Attempt): boolean {
  return !(answer instanceof ConnectionError) || !answer.unconnected;
}

/** The write may have been carried out, and nobody could be asked: that must not look like "nothing was written". */
export function uncertain(error: unknown, { application }: { readonly application: string }): ServerError {
  if (!(error instanceof ServerError)) throw error;
  return new ServerError(`${error.message}; whether ${application} was written is unknown`, {
    cause: error,
    status: error.status,
    hint: "Run the same command again once Vault can be reached: it looks at what is there before it writes.",
    exitCode: ExitCode.findings,
  });
}

export function failureOf(
  session: VaultSession,
  location: VaultLocation,
  write: { readonly kind: ApplicationWrite["kind"]; readonly application: string },
  answer: Attempt,
): ServerError {
  return answer instanceof ServerError ? answer : unexpected(session, `Writing ${pathOf(location, write)}`, answer);
}

export function pathOf(
  { mount, path }: VaultLocation,
  write: { readonly kind: ApplicationWrite["kind"]; readonly application: string },
): string {
  const kind = write.kind === "delete" || write.kind === "undelete" ? write.kind : "data";
  return `${mount}/${kind}/${path}/${write.application}`;
}
