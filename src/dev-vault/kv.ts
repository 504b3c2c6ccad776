import { type Core, isWrite, type Operation, type Reply } from "./core.js";
import { badRequest, unsupportedOperation } from "./errors.js";
import { fieldsOf, versionNumbers } from "./fields.js";
import { kvData, softDelete } from "./kv-data.js";
import { kvMetadata, settingsFrom, settingsReply } from "./kv-metadata.js";
import { futureDeletion, versionOf } from "./kv-versions.js";
import type { KvV2Mount, Secret } from "./state.js";

function config(mount: KvV2Mount, operation: Operation): Reply | undefined {
  if (operation.kind === "read") {
    return { data: settingsReply(mount.config) };
  }
  if (!isWrite(operation.kind)) {
    throw unsupportedOperation();
  }
  Object.assign(mount.config, settingsFrom(fieldsOf(operation.data, true)));
  return undefined;
}

const CHANGES = {
  delete: (_: KvV2Mount, secret: Secret, numbers: readonly number[], now: number) => softDelete(secret, numbers, now),
  undelete: (mount: KvV2Mount, secret: Secret, numbers: readonly number[], now: number) => {
    for (const number of numbers) {
      const version = versionOf(secret, number);
      if (version !== undefined && !version.destroyed) {
        version.deletion = futureDeletion(mount.config, secret, now);
      }
    }
  },
  destroy: (_: KvV2Mount, secret: Secret, numbers: readonly number[]) => {
    for (const number of numbers) {
      const version = versionOf(secret, number);
      if (version !== undefined) {
        version.destroyed = true;
        version.data = "";
      }
    }
  },
};

function isChange(word: string): word is keyof typeof CHANGES {
  return Object.hasOwn(CHANGES, word);
}

function changeVersions(
  mount: KvV2Mount,
  word: keyof typeof CHANGES,
  path: string,
  operation: Operation,
  now: number,
): undefined {
  if (!isWrite(operation.kind)) {
    throw unsupportedOperation();
  }
  const numbers = versionNumbers(operation.data);
  if (numbers.length === 0) {
    throw badRequest(word === "destroy" ? "no version number provided" : "No version number provided");
  }
  const secret = mount.secrets.get(path);
  if (secret !== undefined) {
    CHANGES[word](mount, secret, numbers, now);
  }
  return undefined;
}

const COMMANDS = { read: "get", list: "list", create: "put", update: "put", patch: "patch", delete: "delete" } as const;

function invalidPath(kind: Operation["kind"]): Reply {
  const warning =
    "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. " +
    `If using the OpenBao CLI, use 'bao kv ${COMMANDS[kind]}' for this operation.`;
  return { status: 404, warnings: [warning] };
}

/** The KV version 2 engine; `rest` is the path below the mount. */
export function kvV2(core: Core, mount: KvV2Mount, rest: string, operation: Operation): Reply | undefined {
  const slash = rest.indexOf("/");
  const word = slash === -1 ? rest : rest.slice(0, slash);
  const path = slash === -1 ? undefined : rest.slice(slash + 1);
  const now = core.now();
  if (rest === "config") {
    return config(mount, operation);
  }
  const isEngineWord = word === "data" || word === "metadata" || isChange(word);
  if (!isEngineWord) {
    return invalidPath(operation.kind);
  }
  if (path === undefined) {
    return { status: 404, warnings: ["Non-listing operations on the root of a K/V v2 mount are not supported."] };
  }
  if (isWrite(operation.kind) && (path.endsWith("/") || path === "")) {
    throw badRequest("cannot write to a path ending in '/'");
  }
  if (word === "data") {
    return kvData(mount, path, operation, now);
  }
  return word === "metadata"
    ? kvMetadata(mount, path, operation, now)
    : changeVersions(mount, word, path, operation, now);
}

/** Whether a write below this mount changes something that exists: then it is an update, else a create. */
export function existsInKvV2(mount: KvV2Mount, rest: string): boolean {
  const found = /^(?:data|metadata)\/(.+)$/s.exec(rest);
  return found === null || mount.secrets.has(found[1] ?? "");
}
