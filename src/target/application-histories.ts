import { PhalanxError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { ApplicationHistory } from "../model/history.js";
import { readHistory } from "../operations/read-history.js";
import { withVault } from "../access/session.js";
import type { Context } from "../terminal/context.js";
import type { Loaded } from "./load.js";

/**
 * Without a token, or where Vault cannot be reached, the configuration still has a lot to say.
 *
 * @returns By application, those of which Vault has something; a diagnostic that says why it was not asked.
 */
export async function historiesOf(
  context: Context,
  loaded: Loaded,
  applications: readonly string[],
): Promise<Map<string, ApplicationHistory> | AnyDiagnostic> {
  try {
    const histories = await withVault(context, loaded, undefined, (session) =>
      readHistory(session, loaded.environment.vault, { only: new Set(applications) }),
    );
    return new Map(histories.map((history) => [history.application, history]));
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
    return error.diagnostic;
  }
}
