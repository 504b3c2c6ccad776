import type { VaultLocation } from "../model/environment.js";
import type { ReadAppRole } from "../model/vault-credentials.js";
import { createSecretId, destroySecretId, getRole, getRoleId, listSecretIds, putRole } from "../vault/app-role.js";
import { putPolicy } from "../vault/stored-policy.js";
import { credentialName, readPolicy } from "../vault/policies.js";
import { notMade } from "../vault/administration.js";
import { readWritten } from "../vault/freshness.js";
import type { VaultSession } from "../vault/protocol.js";
import { attempt, handOver, steps, stopBeforeWriting } from "./steps.js";

export interface ReadAppRoleOptions {
  /** Seconds; undefined keeps what the role has. */
  readonly tokenLifetime: number | undefined;
  /** Whether the SecretIDs that were there stay valid. */
  readonly keepOld: boolean;
  /** Resolves once the operator has the SecretID: before, no old one is destroyed. */
  readonly deliver: (role: ReadAppRole) => Promise<void>;
  /** Whether the operator has asked to stop; once something is written, the command is brought to its end. */
  readonly stopRequested: () => boolean;
}

export interface NewReadAppRole {
  readonly role: ReadAppRole;
  /** Accessors of the SecretIDs that were there before; they were destroyed, or kept for a hand-over. */
  readonly old: readonly string[];
  /** Accessors of SecretIDs that came into being meanwhile: somebody else's, or of a request that arrived twice. */
  readonly others: readonly string[];
  /** What could not be done after the SecretID was made. */
  readonly problems: readonly string[];
}

/**
 * Policy, role, and a new SecretID; only once that is delivered are the old ones destroyed.
 *
 * @throws PhalanxError if the SecretID could not be delivered: then it was destroyed again.
 */
export async function createReadAppRole(
  session: VaultSession,
  location: VaultLocation,
  options: ReadAppRoleOptions,
): Promise<NewReadAppRole> {
  const [name, policy] = [credentialName(location), readPolicy(location)];
  // Read first: where AppRole is not enabled, nothing is to be written.
  await getRole(session, name);
  stopBeforeWriting(options.stopRequested);
  const { take } = steps("no new SecretID is known", "Run it again: a SecretID that nobody knows is destroyed then.");
  await take(() => putPolicy(session, policy.name, policy.text));
  await take(() => putRole(session, name, [policy.name], options.tokenLifetime));
  const [old, settings, roleId] = await take(() =>
    Promise.all([
      listSecretIds(session, name),
      readWritten(
        session,
        () => getRole(session, name),
        ({ policies }) => policies.includes(policy.name),
        `the AppRole ${name} with the policy ${policy.name}`,
      ),
      readWritten(
        session,
        () => getRoleId(session, name),
        () => true,
        `the RoleID of ${name}`,
      ),
    ]),
  );
  const { secretId, accessor } = await take(async () => {
    const made = await createSecretId(session, name);
    if (old.includes(made.accessor)) throw notMade(session, "SecretID", "with one that was there before");
    return made;
  });
  const role: ReadAppRole = {
    roleId,
    secretId,
    secretIdAccessor: accessor,
    ...settings,
  };
  const destroy = (): Promise<void> => destroySecretId(session, name, accessor);
  await handOver(() => options.deliver(role), destroy, { what: "SecretID", accessor });
  const problems: string[] = [];
  if (!options.keepOld) {
    for (const each of old) {
      await attempt(problems, `the SecretID with accessor ${each} may live on`, () =>
        destroySecretId(session, name, each),
      );
    }
  }
  const others = await attempt(problems, "whether a second SecretID was made is unknown", async () => {
    const known = new Set([...old, accessor]);
    const now = await readWritten(
      session,
      () => listSecretIds(session, name),
      (listed) => listed.includes(accessor),
      `the SecretID with accessor ${accessor}`,
    );
    return now.filter((each) => !known.has(each));
  });
  return { role, old, others: others ?? [], problems };
}
