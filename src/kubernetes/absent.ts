import type { TransportResponse } from "../http/request.js";
import { bodyOf, isFields, statusOf } from "./answer.js";
import { apiVersionOf, kindOf, type Target } from "./kinds.js";
import type { Asking } from "./send.js";

/**
 * Whether an answer is proven to say that there is no such object, or no such kind. What the server does not know at all
 * it answers with plain text, as every program written in Go does, or with 403 for who may do little; then its list of
 * what it knows, which everybody who logs in may read, has to confirm that.
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
  // Every server has those of its own groups.
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
