import { PhalanxError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { VaultLocation } from "../model/environment.js";
import { apiPath, read, type VaultSession } from "../vault/protocol.js";

/**
 * The original always writes to the mount `secret`, whatever the prefix says. If that holds data while the prefix names
 * another mount, an operator who is migrating should know. This is only a hint; nothing depends on it.
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
