import { credentialName, type VaultLocation } from "../model/environment.js";
import type { ReadAppRole } from "../model/vault-credentials.js";
import {
  createSecretId,
  destroySecretId,
  getRole,
  getRoleId,
  listSecretIds,
  putRole,
  type RoleSettings,
} from "../vault/app-role.js";
import { readPolicy, putPolicy } from "../vault/policies.js";
import { notMade } from "../vault/administration.js";
import { readWritten } from "../vault/freshness.js";
import { locate } from "../vault/locate.js";
import type { VaultSession } from "../vault/protocol.js";
import { type Claim, refuseEndingOthers, refuseForeignRole } from "./shared-credentials.js";
import {
  type CredentialProblem,
  endOrNote,
  handOver,
  orNote,
  secondUnknown,
  stepsTo,
  stopBeforeWriting,
} from "./steps.js";

export interface ReadAppRoleOptions {
  /** Seconds; undefined keeps the role's setting. */
  readonly tokenLifetime: number | undefined;
  /** Whether existing SecretIDs stay valid. */
  readonly keepOld: boolean;
  readonly claim: Claim;
  /** Resolves once the operator has the SecretID: before, no old one is destroyed. */
  readonly deliver: (role: ReadAppRole) => Promise<void>;
  /** Aborted when the operator interrupts; once something is written, the command runs to completion. */
  readonly signal: AbortSignal;
}

export interface NewReadAppRole {
  readonly role: ReadAppRole;
  /** Accessors of the previous SecretIDs, which were destroyed, or kept for a hand-over. */
  readonly old: readonly string[];
  /** Environments that have the same AppRole. */
  readonly sharers: readonly string[];
  /** Accessors of SecretIDs that came into being meanwhile: somebody else's, or of a request that arrived twice. */
  readonly others: readonly string[];
  /** What failed after the SecretID was created. */
  readonly problems: readonly CredentialProblem[];
}

/**
 * Creates policy, role and a new SecretID; the old ones are destroyed only once that is delivered.
 *
 * @throws PhalanxError if the SecretID could not be delivered: then it was destroyed again.
 */
export async function createReadAppRole(
  session: VaultSession,
  configured: VaultLocation,
  options: ReadAppRoleOptions,
): Promise<NewReadAppRole> {
  const location = await locate(session, configured);
  const [name, policy] = [credentialName(location), readPolicy(location)];
  // Read first: where AppRole is not enabled, nothing is to be written.
  const sharers = await claimAppRole(session, location, await getRole(session, name), options);
  stopBeforeWriting(options.signal);
  const step = stepsTo("SecretID");
  await step(() => putPolicy(session, policy.name, policy.text));
  await step(() => putRole(session, name, [policy.name], options.tokenLifetime));
  const [old, settings, roleId] = await step(() =>
    Promise.all([
      listSecretIds(session, name),
      readWritten(
        session,
        { kind: "app-role", role: name, policy: policy.name },
        () => getRole(session, name),
        ({ policies }) => policies.includes(policy.name),
      ),
      readWritten(
        session,
        { kind: "role-id", role: name },
        () => getRoleId(session, name),
        () => true,
      ),
    ]),
  );
  const { secretId, accessor, ttl } = await step(async () => {
    const made = await createSecretId(session, name);
    if (old.includes(made.accessor)) throw notMade(session, { fault: "not-new", credential: "SecretID" });
    return made;
  });
  const role: ReadAppRole = {
    roleId,
    secretId,
    secretIdAccessor: accessor,
    secretIdExpires: ttl === undefined ? undefined : ttl === 0 ? null : secondsFrom(session, ttl),
    ...settings,
  };
  const destroy = (): Promise<void> => destroySecretId(session, name, accessor);
  await handOver({ credential: "SecretID", accessor }, () => options.deliver(role), destroy);
  const problems: CredentialProblem[] = [];
  if (!options.keepOld) {
    for (const each of old) {
      const which = { credential: "SecretID", accessor: each, isNew: false } as const;
      await endOrNote(problems, which, () => destroySecretId(session, name, each));
    }
  }
  const others = await orNote(problems, secondUnknown("SecretID"), async () => {
    const known = new Set([...old, accessor]);
    const now = await readWritten(
      session,
      { kind: "secret-id", accessor },
      () => listSecretIds(session, name),
      (listed) => listed.includes(accessor),
    );
    return now.filter((each) => !known.has(each));
  });
  return { role, old, sharers, others: others ?? [], problems };
}

/**
 * Makes sure that the AppRole is the environment's to write.
 *
 * @returns The environments that have the same AppRole.
 */
export async function claimAppRole(
  session: VaultSession,
  location: VaultLocation,
  role: RoleSettings | undefined,
  { claim, keepOld }: Pick<ReadAppRoleOptions, "claim" | "keepOld">,
): Promise<readonly string[]> {
  refuseForeignRole(location, role, claim);
  return refuseEndingOthers(session, location, claim, {
    policy: readPolicy(location),
    endsOld: async () =>
      role !== undefined && !keepOld && (await listSecretIds(session, credentialName(location))).length > 0,
  });
}

function secondsFrom({ clock }: VaultSession, seconds: number): string {
  return new Date(clock.now().getTime() + seconds * 1000).toISOString();
}
