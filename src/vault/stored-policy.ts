import { change, get, text } from "./administration.js";
import { apiPath, type VaultSession } from "./protocol.js";

/** The text of a policy; undefined if there is none of that name. */
export async function getPolicy(session: VaultSession, name: string): Promise<string | undefined> {
  const data = await get(session, apiPath("sys/policies/acl", name));
  return data === undefined ? undefined : text(data["policy"]);
}

export async function putPolicy(session: VaultSession, name: string, policy: string): Promise<void> {
  await change(session, {
    method: "PUT",
    path: apiPath("sys/policies/acl", name),
    body: { policy },
    what: `the policy ${name} was written`,
    look: async () => (await getPolicy(session, name)) === policy,
  });
}
