import { PhalanxError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { VaultLocation } from "../model/environment.js";
import { apiPath, read, type VaultSession } from "../vault/protocol.js";

/**
 * The original writes to the mount `secret` whatever the prefix says. If that holds data where the prefix's own mount
 * is another one, an operator who moves over should know. It is only said to be helpful: nothing depends on it.
 */
export async function otherMountHolds(session: VaultSession, { mount, path }: VaultLocation): Promise<AnyDiagnostic[]> {
  if (mount === "secret") return [];
  try {
    const { status } = await read(session, `${apiPath("secret/metadata", path)}/?list=true`);
    return status === 200 ? [diagnostic("other-mount-holds-data", { mount, path })] : [];
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
    return [diagnostic("other-mount-unknown", { cause: error.diagnostic })];
  }
}
