import { ServerError } from "../errors.js";
import { compareCodePoints } from "../model/code-points.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { vaultPrefix, type VaultLocation } from "../model/environment.js";
import { whyRefused } from "./explain-denied.js";
import { knownNames } from "./freshness.js";
import { locate, located } from "./locate.js";
import { requireKvV2 } from "./mount.js";
import { apiPath, isProvenAbsence, read, type VaultAnswer, type VaultSession } from "./protocol.js";

/** A folder with more names does not hold applications, and each name would be read. */
const MOST_NAMES = 100_000;

/** What is directly under a prefix. */
export interface Listed {
  /** The names of the KV secrets. */
  readonly applications: readonly string[];
  /** The names of folders, with the trailing slash. */
  readonly folders: readonly string[];
}

/**
 * Lists a prefix.
 *
 * @throws ServerError unless the server proved that it listed everything, or that there is nothing.
 */
export async function listPrefix(session: VaultSession, location: VaultLocation): Promise<Listed> {
  return listedIn(session, location, await namesIn(session, location, await list(session, location)));
}

/** The same; undefined for a token without the list capability. */
export async function listIfAllowed(session: VaultSession, location: VaultLocation): Promise<Listed | undefined> {
  const answer = await list(session, location);
  if (answer.status !== 403) return listedIn(session, location, await namesIn(session, location, answer));
  await requireKvV2(session, location);
  return undefined;
}

/** The names of the KV secrets directly under the prefix. */
export async function listApplications(session: VaultSession, location: VaultLocation): Promise<readonly string[]> {
  return (await listPrefix(session, location)).applications;
}

function listedIn(session: VaultSession, location: VaultLocation, names: readonly string[]): Listed {
  const [applications, folders]: [string[], string[]] = [[], []];
  for (const name of names) (name.endsWith("/") ? folders : applications).push(name);
  // A standby may not list yet what is known to exist.
  return { applications: [...new Set([...applications, ...knownNames(session, location)])], folders };
}

/** If the list is empty or forbidden, the mount may have another name. */
async function list(session: VaultSession, location: VaultLocation): Promise<VaultAnswer> {
  const before = located(session, location);
  const answer = await read(session, listPath(before));
  if (answer.status !== 404 && answer.status !== 403) return answer;
  const place = await locate(session, location);
  return place.mount === before.mount ? answer : read(session, listPath(place));
}

/** The path of the request for {@link listApplications}. */
export function listPath({ mount, path }: VaultLocation): string {
  return `${apiPath(mount, "metadata", path)}/?list=true`;
}

async function namesIn(session: VaultSession, location: VaultLocation, answer: VaultAnswer): Promise<string[]> {
  if (answer.status === 404) await requireKvV2(session, location);
  const names = isProvenAbsence(answer) ? [] : listedNames(location, answer);
  if (names !== undefined) return names;
  const { mount, path: below } = located(session, location);
  const path = `${mount}/metadata/${below}/`;
  throw await whyRefused(session, answer, { action: "list", target: vaultPrefix(location), capability: "list", path });
}

/**
 * The names in a list response; undefined if it is not one.
 *
 * @throws ServerError for a name that leads elsewhere, or too many names.
 */
export function listedNames(location: VaultLocation, answer: VaultAnswer): string[] | undefined {
  const keys = (answer.body as { data?: { keys?: unknown } } | undefined)?.data?.keys;
  if (answer.status !== 200 || !Array.isArray(keys)) return undefined;
  if (keys.length > MOST_NAMES) {
    const prefix = vaultPrefix(location);
    throw new ServerError(diagnostic("list-too-long", { prefix, names: keys.length, most: MOST_NAMES }));
  }
  return keys.map((key) => checkedName(location, key)).sort(compareCodePoints);
}

/** A name directly under the prefix, or that of a folder. Vault never returns one that leads elsewhere. */
function checkedName(location: VaultLocation, key: unknown): string {
  if (typeof key === "string" && /^[^/]+\/?$/.test(key) && !/^\.\.?\/?$/.test(key) && key.isWellFormed()) return key;
  throw new ServerError(diagnostic("list-name-invalid", { prefix: vaultPrefix(location) }));
}
