import type { Finished } from "../support/cli.js";
import type { Subject } from "./commands.js";
import type { Stage } from "./stage.js";

/** Whether the credential that a run printed is one that Vault takes. */
export async function credentialProblems(
  stage: Stage,
  { credential, prefix }: Subject,
  { stdout }: Finished,
): Promise<string[]> {
  const printed = (name: string): string => new RegExp(`^${name}: "?([^"\\n]+)`, "m").exec(stdout)?.[1] ?? "";
  const kv = stage.kv(prefix);
  const body =
    credential === "token"
      ? await kv.call("POST", "auth/token/lookup", { token: printed("token") })
      : await kv.call("POST", "auth/approle/login", {
          role_id: printed("role_id"),
          secret_id: printed("secret_id"),
        });
  return body.status === 200 ? [] : [`the credential that was printed does not work (${body.status})`];
}
