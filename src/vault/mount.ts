import { ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { VaultLocation } from "../model/environment.js";
import { askForMount, located } from "./locate.js";
import { rejectedToken } from "./explain-denied.js";
import { apiPath, read, type VaultSession } from "./protocol.js";

/**
 * Makes sure that "nothing there" means nothing there: that the mount exists and is KV v2. On a KV v1 mount, everything
 * under `metadata/` would be absent too, and writes to it would succeed.
 */
export async function requireKvV2(session: VaultSession, location: VaultLocation): Promise<void> {
  const answer = await askForMount(session, location);
  const { mount } = located(session, location);
  if (answer.status !== 200) {
    const rejected = answer.status === 403 ? await rejectedToken(session) : undefined;
    if (rejected) throw rejected;
    throw new ServerError(diagnostic("mount-not-found", { url: session.url, mount }), { status: answer.status });
  }
  const { type, version } = mountOf(answer.body);
  if (type === "kv" && version === "2") return;
  throw new ServerError(diagnostic("mount-not-kv2", { url: session.url, mount }));
}

/** What a mount does with old versions, if users should know about it. */
export interface MountSettings {
  /** After how long it deletes every version, in Vault's duration format. */
  readonly deletesAfter?: string;
  /** Whether it keeps only the latest version, so that nothing can be undone. */
  readonly keepsOne: boolean;
}

/** Empty if the token may not read the mount's settings, which the write policy does not allow. */
export async function mountSettings(session: VaultSession, location: VaultLocation): Promise<MountSettings> {
  const { mount } = located(session, location);
  const answer = await read(session, apiPath(mount, "config"));
  const { data } = (answer.status === 200 ? (answer.body ?? {}) : {}) as {
    data?: { delete_version_after?: unknown; max_versions?: unknown };
  };
  const after = data?.delete_version_after;
  const isDuration = typeof after === "string" && /^(?=.*[1-9])[\d.hmsuµn]{1,40}$/.test(after);
  return { keepsOne: data?.max_versions === 1, ...(isDuration && { deletesAfter: after }) };
}

function mountOf(body: unknown): { type: unknown; version: unknown } {
  const { data } = (body ?? {}) as { data?: { type?: unknown; options?: { version?: unknown } | null } };
  return { type: data?.type, version: data?.options?.version };
}
