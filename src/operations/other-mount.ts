import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { VaultLocation } from "../model/environment.js";
import { apiPath, read, type VaultSession } from "../vault/protocol.js";

/**
 * The original writes to the mount `secret` whatever the prefix says. If that holds data where the prefix's own mount
 * is another one, an operator who moves over should know.
 */
export async function otherMountHolds(
  session: VaultSession,
  { mount, path }: VaultLocation,
): Promise<AnyDiagnostic | undefined> {
  if (mount === "secret") return undefined;
  const { status } = await read(session, `${apiPath("secret/metadata", path)}/?list=true`);
  if (status !== 200) return undefined;
  return diagnostic("other-mount-holds-data", { mount, path });
}
