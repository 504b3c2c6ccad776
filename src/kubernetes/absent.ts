import type { TransportResponse } from "../http/request.js";
import { bodyOf, isFields, statusOf } from "./answer.js";
import { apiVersionOf, kindOf, type Target } from "./kinds.js";
import type { Asking } from "./send.js";

/**
 * Whether a 404 is proven to be the server's word on the object, or on its kind. What it does not know it answers with
 * plain text, as every program written in Go does; so its list of what it knows has to confirm that.
 */
export async function isProvenAbsent(
  response: TransportResponse,
  target: Target,
  version: string,
  { ask }: Pick<Asking, "ask">,
): Promise<boolean> {
  const { group } = kindOf(target.resource);
  const status = statusOf(response);
  if (status !== undefined) return status.reason === "NotFound";
  if (group === "") return false;
  const groups = bodyOf(await ask("apis"));
  if (groups?.["kind"] !== "APIGroupList" || !Array.isArray(groups["groups"])) return false;
  const known = groups["groups"].find((found) => isFields(found) && found["name"] === group) as unknown;
  const versions = isFields(known) && Array.isArray(known["versions"]) ? known["versions"] : [];
  if (!versions.some((found) => isFields(found) && found["version"] === version)) return true;
  const resources = bodyOf(await ask(`apis/${apiVersionOf(group, version)}`));
  if (resources?.["kind"] !== "APIResourceList" || !Array.isArray(resources["resources"])) return false;
  return !resources["resources"].some((found) => isFields(found) && found["name"] === target.resource);
}
