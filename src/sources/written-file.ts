import { diagnostic } from "../model/diagnostics/index.js";
import { SecretValue } from "../model/secret-value.js";
import type { OidcClient, RegistryCredentials } from "../model/static-secrets.js";
import {
  OptionalText,
  WrittenOidcClient,
  WrittenPullSecret,
  WrittenRegistry,
  WrittenStaticSecret,
} from "../model/written-static-secrets.js";
import { oddityOf } from "../model/value-oddity.js";
import type { Problems } from "../problems.js";
import { isMapping } from "../yaml/kind.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { unquotedField } from "../yaml/schema-problems.js";
import { type FileWalk, type Place, walkFile } from "./file-walk.js";

/** The content of a static secrets file, in file order. */
export interface WrittenFile {
  readonly applications: ReadonlyMap<string, ReadonlyMap<string, WrittenStaticSecret>>;
  readonly oidcClients: ReadonlyMap<string, OidcClient>;
  readonly registries: ReadonlyMap<string, RegistryCredentials>;
  readonly vaultWriteToken: string | undefined;
}

/** Spellings that the original accepts too, and the documented ones. */
const OLD_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["oidc_clients", "oidc-clients"],
  ["pull_secret", "pull-secret"],
  ["vault_write_token", "vault-write-token"],
]);

const TOP_LEVEL = ["applications", "oidc-clients", "pull-secret", "vault-write-token"];

/** Whether a name is allowed at the top level of a static secrets file. */
export function isTopLevelName(name: string): boolean {
  return TOP_LEVEL.includes(name) || OLD_SPELLINGS.has(name);
}

const FIELDS = {
  secret: ["description", "warning", "value"],
  client: ["id", "secret", "return_uri"],
  pullSecret: ["description", "registries"],
  registry: ["username", "password"],
};

/** Checks a whole file; invalid parts are reported to `problems` and left out. */
export function readWrittenFile(file: MappingFile, problems: Problems): WrittenFile {
  const walk = walkFile(file, problems);
  const parts = readTopLevel(file, walk, problems);
  const entries = (name: string): ReadonlyMap<string, Place> => {
    const place = parts.get(name);
    return place ? walk.entries(place) : new Map<string, Place>();
  };
  const token = parts.get("vault-write-token");
  return {
    applications: mapPlaces(entries("applications"), (secrets) =>
      mapPlaces(walk.entries(secrets), (secret) => readSecret(walk, secret, problems)),
    ),
    oidcClients: mapPlaces(entries("oidc-clients"), (client) => readOidcClient(walk, client, problems)),
    registries: mapPlaces(readRegistries(walk, parts.get("pull-secret")), (registry) =>
      readRegistry(walk, registry, problems),
    ),
    vaultWriteToken: (token && walk.leaf(token, OptionalText)) || undefined,
  };
}

/** The parts of the file by their current names. */
function readTopLevel(file: MappingFile, walk: FileWalk, problems: Problems): ReadonlyMap<string, Place> {
  const top = walk.entries({ path: [], value: file.value });
  const parts = new Map<string, Place>();
  for (const [key, place] of top) {
    const current = OLD_SPELLINGS.get(key) ?? key;
    if (!TOP_LEVEL.includes(current)) problems.add(unquotedField(key, TOP_LEVEL, walk.about([key])));
    else if (key === current) parts.set(key, place);
    else if (top.has(current)) {
      problems.add(diagnostic("field-both-spellings", { old: key, current }, walk.about([key])));
    } else {
      problems.warn(diagnostic("field-old-spelling", { old: key, current }, walk.about([key])));
      parts.set(current, place);
    }
  }
  return parts;
}

function readSecret(walk: FileWalk, place: Place, problems: Problems): WrittenStaticSecret | undefined {
  const secret = walk.leaf(place, WrittenStaticSecret, FIELDS.secret);
  warnOfOddity(walk, [...place.path, "value"], secret?.value, problems);
  return secret;
}

function warnOfOddity(walk: FileWalk, path: readonly string[], value: unknown, problems: Problems): void {
  const oddity = typeof value === "string" ? oddityOf(value) : undefined;
  if (oddity === undefined) return;
  problems.warn(diagnostic("value-odd", { oddity, from: "file" }, walk.about(path)));
}

function readOidcClient(walk: FileWalk, place: Place, problems: Problems): OidcClient | undefined {
  const client = walk.leaf(place, WrittenOidcClient, FIELDS.client);
  warnOfOddity(walk, [...place.path, "secret"], client?.secret, problems);
  return client && { id: client.id, secret: new SecretValue(client.secret), returnUri: client.return_uri };
}

function readRegistries(walk: FileWalk, place: Place | undefined): ReadonlyMap<string, Place> {
  if (place) walk.leaf(place, WrittenPullSecret, FIELDS.pullSecret);
  const registries = place && isMapping(place.value) ? walk.entries(place).get("registries") : undefined;
  return registries ? walk.entries(registries) : new Map<string, Place>();
}

function readRegistry(walk: FileWalk, place: Place, problems: Problems): RegistryCredentials | undefined {
  const registry = walk.leaf(place, WrittenRegistry, FIELDS.registry);
  warnOfOddity(walk, [...place.path, "password"], registry?.password, problems);
  return registry && { username: registry.username, password: new SecretValue(registry.password) };
}

function mapPlaces<T>(
  places: ReadonlyMap<string, Place>,
  read: (place: Place) => T | undefined,
): ReadonlyMap<string, T> {
  return new Map(
    [...places].flatMap(([name, place]): [string, T][] => {
      const value = read(place);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
