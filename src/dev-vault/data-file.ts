import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { AuthMount, Role, SecretMount, State } from "./state.js";

const FORMAT = "phalanx dev-vault 1";

function encodeState(state: State): string {
  const content = { format: FORMAT, ...state };
  return JSON.stringify(content, (_, value: unknown) =>
    value instanceof Map ? Object.fromEntries(value as Map<string, unknown>) : value,
  );
}

function mapOf<T>(value: unknown, revive: (item: T) => T = (item) => item): Map<string, T> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("a part of it is missing");
  }
  return new Map(Object.entries(value).map(([key, item]) => [key, revive(item as T)]));
}

function reviveMount(mount: SecretMount): SecretMount {
  return mount.version === "1"
    ? { ...mount, values: mapOf(mount.values) }
    : { ...mount, secrets: mapOf(mount.secrets) };
}

function reviveRole(role: Role): Role {
  return { ...role, secretIds: mapOf(role.secretIds) };
}

function reviveAuth(mount: AuthMount): AuthMount {
  return { ...mount, roles: mapOf(mount.roles, reviveRole) };
}

/** JSON.parse quotes what it does not understand, and that may be a secret. */
function parseContent(text: string): (State & { format?: unknown }) | null {
  try {
    return JSON.parse(text) as (State & { format?: unknown }) | null;
  } catch {
    throw new Error("it is no JSON");
  }
}

function decodeState(text: string): State {
  const content = parseContent(text);
  if (content?.format !== FORMAT || typeof content.clusterId !== "string") {
    throw new Error(`it does not begin with "format": "${FORMAT}"`);
  }
  return {
    clusterId: content.clusterId,
    mounts: mapOf(content.mounts, reviveMount),
    auth: mapOf(content.auth, reviveAuth),
    policies: mapOf(content.policies),
    tokens: mapOf(content.tokens),
  };
}

/** Reads a data file, which errors call `shown`; undefined if there is none. */
export async function loadState(path: string, shown: string): Promise<State | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw new Error(`Cannot read the dev-vault data file ${shown}: ${(error as Error).message}`, { cause: error });
  }
  try {
    return decodeState(text);
  } catch (error) {
    throw new Error(`The dev-vault data file ${shown} is broken: ${(error as Error).message}`, { cause: error });
  }
}

async function synced(path: string, flags: string, write: string | undefined): Promise<void> {
  const handle = await open(path, flags, 0o600);
  try {
    if (write !== undefined) {
      await handle.writeFile(write);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a data file, so that whoever reads it finds the old state or the new one. */
export async function saveState(path: string, state: State): Promise<void> {
  const text = encodeState(state);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    await synced(temporary, "wx", text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await synced(dirname(path), "r", undefined);
}
