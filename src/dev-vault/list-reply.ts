import type { Reply } from "./operation.js";
import { nothingHere } from "./refusal.js";

/** The names directly below `folder` (empty or with a trailing slash), in byte order; folders have a trailing slash. */
export function namesBelow(paths: Iterable<string>, folder: string): string[] {
  const below = [...paths].filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
  const names = new Set(below.map((rest) => rest.slice(0, rest.indexOf("/") + 1) || rest));
  return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Responds with a list; 404 if it is empty. */
export function listReply(keys: readonly string[]): Reply {
  if (keys.length === 0) throw nothingHere();
  return { data: { keys } };
}
