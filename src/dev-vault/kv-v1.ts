import type { Operation, Reply } from "./core.js";
import { badRequest, nothingHere, unsupportedOperation } from "./errors.js";
import { encodeJson, rawJson } from "./json.js";
import { listReply, namesBelow } from "./kv-list.js";
import type { KvV1Mount } from "./state.js";

/** The KV version 1 engine: a value at each path, and no word of the path means anything. */
export function kvV1(mount: KvV1Mount, path: string, operation: Operation): Reply | undefined {
  switch (operation.kind) {
    case "read": {
      const text = mount.values.get(path);
      if (text === undefined) {
        throw nothingHere();
      }
      return { data: rawJson(text) };
    }
    case "list":
      return listReply(namesBelow(mount.values.keys(), path), operation.data);
    case "create":
    case "update":
      if (path.endsWith("/") || path === "") {
        throw badRequest("cannot write to a path ending in '/'");
      }
      if (Object.keys(operation.data).length === 0) {
        throw badRequest("missing data fields");
      }
      mount.values.set(path, encodeJson(operation.data));
      return undefined;
    case "delete":
      mount.values.delete(path);
      return undefined;
    case "patch":
    default:
      throw unsupportedOperation();
  }
}
