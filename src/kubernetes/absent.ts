import type { TransportResponse } from "../http/request.js";
import { bodyOf, isFields, statusOf } from "./answer.js";
import { apiVersionOf, kindOf, type Target } from "./kinds.js";
import type { Asking } from "./send.js";

/**
 * Whether a response proves that there is no such object, or no such kind. To a completely unknown path, the server
 * responds in plain text, as every Go program does, or with 403 to a user with few rights; in that case its API
 * discovery, which every logged-in user may read, has to confirm it.
 */
export async function isProvenAbsent(
  response: TransportResponse,
  { resource }: Target,
  version: string,
  { ask }: Pick<Asking, "ask">,
): Promise<boolean> {
  const { group } = kindOf(resource);
  const reason = statusOf(response)?.reason;
  if (response.status !== 403 && response.status !== 404) return false;
  if (response.status === 404 && reason !== undefined) return reason === "NotFound";
  // Every server has its built-in groups.
  if (!group.includes(".")) return false;
  const groups = bodyOf(await ask("apis"));
  if (groups?.["kind"] !== "APIGroupList" || !Array.isArray(groups["groups"])) return false;
  const known = groups["groups"].find((found) => isFields(found) && found["name"] === group) as unknown;
  const versions = isFields(known) && Array.isArray(known["versions"]) ? known["versions"] : [];
  if (!versions.some((found) => isFields(found) && found["version"] === version)) return true;
  const resources = bodyOf(await ask(`apis/${apiVersionOf(group, version)}`));
  if (resources?.["kind"] !== "APIResourceList" || !Array.isArray(resources["resources"])) return false;
  return !resources["resources"].some((found) => isFields(found) && found["name"] === resource);
}
