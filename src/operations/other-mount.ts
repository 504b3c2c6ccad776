import type { VaultLocation } from "../model/environment.js";
import { apiPath, read, type VaultSession } from "../vault/protocol.js";

/**
 * The original writes to the mount `secret` whatever the prefix says. If that holds data where the prefix's own mount
 * is another one, an operator who moves over should know.
 *
 * @returns A text for the operator, or undefined.
 */
export async function otherMountHolds(
  session: VaultSession,
  { mount, path }: VaultLocation,
): Promise<string | undefined> {
  if (mount === "secret") return undefined;
  const { status } = await read(session, `${apiPath("secret/metadata", path)}/?list=true`);
  if (status !== 200) return undefined;
  return `this environment's mount is "${mount}", and secret/${path} holds data too: the original program wrote there. Copy what you need.`;
}
