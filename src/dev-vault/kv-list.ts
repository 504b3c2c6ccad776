import type { Reply } from "./core.js";
import { nothingHere } from "./errors.js";
import { asInt, fieldsOf } from "./fields.js";
import type { JsonObject } from "./json.js";

function byteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The names directly below `folder` (empty or ending with a slash); folders end with a slash. */
export function namesBelow(paths: Iterable<string>, folder: string): string[] {
  const names = new Set<string>();
  for (const path of paths) {
    if (path.startsWith(folder)) {
      const rest = path.slice(folder.length);
      const slash = rest.indexOf("/");
      names.add(slash === -1 ? rest : rest.slice(0, slash + 1));
    }
  }
  return [...names].sort(byteOrder);
}

/** Answers a list with the keys after `after`, at most `limit` of them; 404 if there are none. */
export function listReply(names: readonly string[], data: JsonObject): Reply {
  const after = fieldsOf(data).string("after");
  const limit = asInt(data["limit"] ?? null) ?? 0;
  const later = after === "" ? names : names.filter((name) => byteOrder(name, after) > 0);
  const keys = limit > 0 ? later.slice(0, limit) : later;
  if (keys.length === 0) {
    throw nothingHere();
  }
  return { data: { keys } };
}
