import { ExitCode, PhalanxError, ServerError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import type { CredentialKind } from "../model/diagnostics/operations.js";
import { UnknownOutcome } from "../vault/outcome.js";

/** What can fail after a new credential is created. */
export type CredentialProblem = Diagnostic<
  "credential-may-live-on" | "new-token-untested" | "parent-expiry-unknown" | "second-credential-unknown"
>;

/** Performs one of several related steps, which Vault cannot roll back together. */
export type Step = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * The steps to a new credential. Once one of them may have written something, an error no longer says that nothing was
 * written.
 */
export function stepsTo(credential: CredentialKind): Step {
  let begun = false;
  return async (work) => {
    try {
      const result = await work();
      begun = true;
      return result;
    } catch (error) {
      if (!(error instanceof ServerError) || !(begun || error instanceof UnknownOutcome)) throw error;
      throw new ServerError(diagnostic("credential-unknown", { credential, cause: error.diagnostic }), {
        cause: error,
        status: error.status,
        exitCode: ExitCode.findings,
      });
    }
  };
}

/** Runs work whose failure must not prevent earlier results from being shown; a failure is noted instead. */
export async function orNote<T>(
  problems: CredentialProblem[],
  problem: (cause: AnyDiagnostic) => CredentialProblem,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
    problems.push(problem(error.diagnostic));
    return undefined;
  }
}

/** The warning if a credential request may have arrived twice. */
export function secondUnknown(credential: CredentialKind): (cause: AnyDiagnostic) => CredentialProblem {
  return (cause) => diagnostic("second-credential-unknown", { credential, cause });
}

/** How messages about a failure name a credential. */
export interface MadeCredential {
  readonly credential: CredentialKind;
  readonly accessor: string;
}

/** Ends a credential; if that fails, notes that it may still be valid. */
export async function endOrNote(
  problems: CredentialProblem[],
  which: MadeCredential & { readonly isNew: boolean },
  end: () => Promise<void>,
): Promise<void> {
  await orNote(problems, (cause) => diagnostic("credential-may-live-on", { ...which, cause }), end);
}

/**
 * Delivers a new credential; only then may the old ones be ended. If delivery fails, ends the new one instead, so that
 * no unknown credential remains.
 */
export async function handOver(
  made: MadeCredential,
  deliver: () => Promise<void>,
  end: () => Promise<void>,
): Promise<void> {
  try {
    await deliver();
  } catch (error) {
    const problems: CredentialProblem[] = [];
    await endOrNote(problems, { ...made, isNew: true }, end);
    if (!(error instanceof PhalanxError)) throw error;
    const { credential } = made;
    const details = { credential, ended: problems.length === 0, cause: error.diagnostic };
    throw new PhalanxError(diagnostic("credential-not-delivered", details), {
      cause: error,
      problems,
      exitCode: ExitCode.findings,
    });
  }
}

/** Ends a command that was interrupted before its first write. */
export function stopBeforeWriting({ aborted }: AbortSignal): void {
  if (aborted) throw new PhalanxError(diagnostic("interrupted-before-writing"));
}
