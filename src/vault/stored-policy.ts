import { change, get } from "./administration.js";
import { apiPath, type VaultSession } from "./protocol.js";

/** The text of a policy; undefined if there is none of that name. */
export async function getPolicy(session: VaultSession, name: string): Promise<string | undefined> {
  return (await get(session, apiPath("sys/policies/acl", name)))?.text("policy");
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
