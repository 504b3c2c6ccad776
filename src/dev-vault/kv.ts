import type { Core, KvV1Mount, KvV2Mount } from "./core.js";
import { asInt } from "./fields.js";
import type { JsonObject } from "./json.js";
import { deleteLatest, patchData, readData, writeData } from "./kv-data.js";
import { readMetadata, writeMetadata } from "./kv-metadata.js";
import {
  changeSettings,
  futureDeletion,
  type KvV2,
  type Secret,
  settingsData,
  softDelete,
  type Version,
} from "./kv-secret.js";
import { listReply, namesBelow } from "./list-reply.js";
import { type Authorized, follow, type Handler, type Reply, type Routes } from "./operation.js";
import { badRequest, nothingHere } from "./refusal.js";

function versionNumbers(data: JsonObject): number[] {
  const value = data["versions"] ?? "";
  const items = Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : [value];
  const numbers = items.map((item) => (item === "" ? undefined : asInt(typeof item === "string" ? item.trim() : item)));
  if (!numbers.every((number) => number !== undefined)) throw badRequest("No version number provided");
  return numbers;
}

/** Changes the existing ones among the versions named in a request. */
function changing(change: (version: Version, secret: Secret, kv: KvV2) => void): Handler<KvV2> {
  return (kv, { data }, path = "") => {
    const numbers = versionNumbers(data);
    const secret = kv.mount.secrets.get(path);
    for (const number of numbers) {
      const version = secret?.versions.get(number);
      if (secret !== undefined && version !== undefined) change(version, secret, kv);
    }
    return undefined;
  };
}

const V2: Routes<KvV2> = [
  [
    /^config$/,
    {
      read: ({ mount }) => ({ data: settingsData(mount.settings) }),
      update: ({ mount }, { fields }) => changeSettings(mount.settings, fields),
    },
  ],
  [/^data\/(.*)$/s, { read: readData, update: writeData, patch: patchData, delete: deleteLatest }],
  [
    /^metadata\/(.*)$/s,
    {
      list: ({ mount }, _, path = "") => listReply(namesBelow(mount.secrets.keys(), path)),
      read: readMetadata,
      update: writeMetadata,
      delete: ({ mount }, _, path = "") => void mount.secrets.delete(path),
    },
  ],
  [/^delete\/(.*)$/s, { update: changing((version, _, { now }) => softDelete(version, now)) }],
  [
    /^undelete\/(.*)$/s,
    {
      update: changing((version, secret, { mount, now }) => {
        if (!version.destroyed) version.deletion = futureDeletion(mount.settings, secret, now);
      }),
    },
  ],
  [/^destroy\/(.*)$/s, { update: changing((version) => void Object.assign(version, { destroyed: true, data: {} })) }],
];

const INVALID_PATH =
  "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use.";

/** The KV version 2 engine; `rest` is the path below the mount. */
export function kvV2(core: Core, mount: KvV2Mount, rest: string, operation: Authorized): Reply | undefined {
  if (!V2.some(([pattern]) => pattern.test(rest))) return { status: 404, warnings: [INVALID_PATH] };
  refuseFolder(rest, operation);
  return follow(V2, { mount, now: core.now() }, rest, operation);
}

const V1: Routes<KvV1Mount> = [
  [
    /^(.*)$/s,
    {
      read: ({ values }, _, path = "") => {
        if (!values.has(path)) throw nothingHere();
        return { data: values.get(path) };
      },
      list: ({ values }, _, path = "") => listReply(namesBelow(values.keys(), path)),
      update: ({ values }, { data }, path = "") => {
        if (Object.keys(data).length === 0) throw badRequest("missing data fields");
        values.set(path, data);
        return undefined;
      },
      delete: ({ values }, _, path = "") => void values.delete(path),
    },
  ],
];

/** The KV version 1 engine: a value at each path, without reserved path segments. */
export function kvV1(mount: KvV1Mount, path: string, operation: Authorized): Reply | undefined {
  refuseFolder(path, operation);
  return follow(V1, mount, path, operation);
}

function refuseFolder(path: string, { kind }: Authorized): void {
  const isWrite = kind === "create" || kind === "update";
  if (isWrite && (path === "" || path.endsWith("/"))) throw badRequest("cannot write to a path ending in '/'");
}

/** Whether a write below a mount changes something that exists, which makes it an update instead of a create. */
export function existsInKv(mount: KvV1Mount | KvV2Mount, rest: string): boolean {
  if (mount.version === "1") return mount.values.has(rest);
  const found = /^(?:data|metadata)\/(.+)$/s.exec(rest);
  return found === null || mount.secrets.has(found[1] ?? "");
}
