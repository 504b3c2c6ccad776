import { type VaultLocation, vaultPrefix } from "../model/environment.js";
import { apiPath, read, type VaultAnswer, type VaultSession } from "./protocol.js";

/**
 * Where the secrets of a prefix are, as far as this session knows. A mount may have slashes in its name, so that only the
 * server can tell where it ends: until somebody has asked, by {@link locate}, it is the first component.
 */
export function located({ mounts }: VaultSession, location: VaultLocation): VaultLocation {
  const prefix = vaultPrefix(location);
  const mount = mountIn(mounts.get(prefix));
  if (mount === undefined || !prefix.startsWith(`${mount}/`)) return location;
  return { ...location, mount, path: prefix.slice(mount.length + 1) };
}

/** The same, with the server asked. Commands whose first request is a list need not: where it shows nothing, it asks. */
export async function locate(session: VaultSession, location: VaultLocation): Promise<VaultLocation> {
  await askForMount(session, location);
  return located(session, location);
}

/** What the server says of the mount below which a prefix is; once it has told, it is not asked again. */
export async function askForMount(session: VaultSession, location: VaultLocation): Promise<VaultAnswer> {
  const prefix = vaultPrefix(location);
  const known = session.mounts.get(prefix);
  if (known !== undefined) return known;
  const answer = await read(session, apiPath("sys/internal/ui/mounts", location.mount, location.path));
  if (answer.status === 200) session.mounts.set(prefix, answer);
  return answer;
}

/** The name of a mount in what the server says of it, e.g. `kv/team`. */
function mountIn(answer: VaultAnswer | undefined): string | undefined {
  const path = (answer?.body as { data?: { path?: unknown } } | undefined)?.data?.path;
  return typeof path === "string" && /^[^/]+(?:\/[^/]+)*\/$/.test(path) ? path.slice(0, -1) : undefined;
}
