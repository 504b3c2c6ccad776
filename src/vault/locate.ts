import { type VaultLocation, vaultPrefix } from "../model/environment.js";
import { apiPath, read, type VaultAnswer, type VaultSession } from "./protocol.js";

/**
 * Where the secrets of a prefix are, as far as this session knows. A mount may have slashes in its name, so only the
 * server can tell where it ends: until {@link locate} has asked, it is the first component.
 */
export function located({ mounts }: VaultSession, location: VaultLocation): VaultLocation {
  const prefix = vaultPrefix(location);
  const mount = mountIn(mounts.get(prefix));
  if (mount === undefined || !prefix.startsWith(`${mount}/`)) return location;
  return { ...location, mount, path: prefix.slice(mount.length + 1) };
}

/** The same, after asking the server. Commands that start with a list need not call it: an empty list asks. */
export async function locate(session: VaultSession, location: VaultLocation): Promise<VaultLocation> {
  await askForMount(session, location);
  return located(session, location);
}

/** The server's information on the mount that contains a prefix; once known, it is not requested again. */
export async function askForMount(session: VaultSession, location: VaultLocation): Promise<VaultAnswer> {
  const prefix = vaultPrefix(location);
  const known = session.mounts.get(prefix);
  if (known !== undefined) return known;
  const answer = await read(session, apiPath("sys/internal/ui/mounts", location.mount, location.path));
  if (answer.status === 200) session.mounts.set(prefix, answer);
  return answer;
}

/** The mount's name in that information, e.g. `kv/team`. */
function mountIn(answer: VaultAnswer | undefined): string | undefined {
  const path = (answer?.body as { data?: { path?: unknown } } | undefined)?.data?.path;
  return typeof path === "string" && /^[^/]+(?:\/[^/]+)*\/$/.test(path) ? path.slice(0, -1) : undefined;
}
