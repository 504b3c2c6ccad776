import { diagnostic } from "../model/diagnostics/index.js";
import { credentialName, type VaultLocation } from "../model/environment.js";
import type { TokenInfo, WriteToken } from "../model/vault-credentials.js";
import { capabilities } from "../vault/capabilities.js";
import { permits } from "../vault/explain-denied.js";
import {
  createToken,
  limitAccessor,
  listAccessors,
  lookupAccessor,
  ownExpiry,
  revokeAccessor,
} from "../vault/tokens.js";
import { writePolicy, putPolicy } from "../vault/policies.js";
import { notMade } from "../vault/administration.js";
import { readWritten } from "../vault/freshness.js";
import { locate } from "../vault/locate.js";
import type { VaultSession } from "../vault/protocol.js";
import { areWriteTokens } from "./find-write-tokens.js";
import { type Claim, refuseEndingOthers } from "./shared-credentials.js";
import {
  type CredentialProblem,
  endOrNote,
  handOver,
  orNote,
  secondUnknown,
  stepsTo,
  stopBeforeWriting,
} from "./steps.js";

export interface WriteTokenOptions {
  /** In Vault's duration format. */
  readonly lifetime: string;
  /** Seconds that the old tokens remain valid; undefined: they are revoked at once. */
  readonly keepOld: number | undefined;
  /** Whether the new token is useless if the server shortens its lifetime. */
  readonly requireLifetime: boolean;
  readonly claim: Claim;
  /** Resolves once the operator has the token: before, no old one is ended. */
  readonly deliver: (token: WriteToken) => Promise<void>;
  /** Aborted when the operator interrupts; once something is written, the command runs to completion. */
  readonly signal: AbortSignal;
}

export interface NewWriteToken {
  readonly token: WriteToken;
  /** The environment's previous tokens; empty if they were not touched, since the new one may not work. */
  readonly old: readonly TokenInfo[];
  /** Environments whose write tokens have the same name and policy. */
  readonly sharers: readonly string[];
  /** The server's own remarks, a shortened lifetime among them. */
  readonly warnings: readonly string[];
  /** Undefined for an orphan; otherwise when the parent token expires, and this one with it. */
  readonly diesWithParent: { readonly at: string | undefined } | undefined;
  /** The new token was revoked again, because its lifetime was shortened; the old ones remain valid. */
  readonly givenUp: boolean;
  /** Tokens of this environment created in the meantime, by someone else or by a request that arrived twice. */
  readonly others: readonly string[];
  /** What failed after the token was created. */
  readonly problems: readonly CredentialProblem[];
}

/**
 * Creates policy and token; the old tokens are revoked only once the new one is delivered. The token is an orphan if
 * the caller may create one.
 *
 * @throws PhalanxError if the token could not be delivered: then it was revoked again.
 */
export async function createWriteToken(
  session: VaultSession,
  configured: VaultLocation,
  options: WriteTokenOptions,
): Promise<NewWriteToken> {
  const location = await locate(session, configured);
  const policy = writePolicy(location);
  const [there, granted] = await Promise.all([
    listAccessors(session),
    capabilities(session, ["auth/token/create-orphan"]),
  ]);
  const old = await areWriteTokens(session, location, there);
  const sharers = await claimWriteTokens(session, location, old, options.claim);
  const orphan =
    permits(granted.get("auth/token/create-orphan"), "update") ||
    permits(granted.get("auth/token/create-orphan"), "sudo");
  stopBeforeWriting(options.signal);
  const step = stepsTo("token");
  await step(() => putPolicy(session, policy.name, policy.text));
  const made = await step(async () => {
    const { lifetime } = options;
    const request = { displayName: credentialName(location), policies: [policy.name], lifetime, orphan };
    const answered = await createToken(session, request);
    if (there.includes(answered.accessor)) throw notMade(session, { fault: "not-new", credential: "token" });
    return answered;
  });
  const problems: CredentialProblem[] = [];
  const info = await orNote(
    problems,
    (cause) => diagnostic("new-token-untested", { cause }),
    () =>
      readWritten(
        session,
        { kind: "token-with-policy", accessor: made.accessor, policy: policy.name },
        () => lookupAccessor(session, made.accessor),
        ({ policies, expires }) => policies.includes(policy.name) && !hasPassed(session, expires),
      ),
  );
  const token: WriteToken = {
    accessor: made.accessor,
    displayName: info?.displayName ?? `token-${credentialName(location)}`,
    policies: info?.policies ?? made.policies,
    expires: info?.expires,
    token: made.token,
  };
  const givenUp = options.requireLifetime && made.warnings.some((warning) => warning.startsWith("TTL of"));
  const revoke = (): Promise<void> => revokeAccessor(session, made.accessor);
  const { accessor } = made;
  if (!givenUp) await handOver({ credential: "token", accessor }, () => options.deliver(token), revoke);
  const ending = givenUp ? [made.accessor] : info === undefined ? [] : old.map(({ accessor }) => accessor);
  for (const accessor of ending) {
    await endOrNote(problems, { credential: "token", accessor, isNew: false }, () =>
      options.keepOld === undefined || givenUp
        ? revokeAccessor(session, accessor)
        : limitAccessor(session, accessor, options.keepOld),
    );
  }
  const others = await orNote(problems, secondUnknown("token"), async () => {
    if (givenUp) return [];
    const known = new Set([...there, made.accessor]);
    const now = await readWritten(
      session,
      { kind: "token", accessor },
      () => listAccessors(session),
      (listed) => listed.includes(accessor),
    );
    return areWriteTokens(
      session,
      location,
      now.filter((accessor) => !known.has(accessor)),
    );
  });
  return {
    token,
    old: info === undefined ? [] : old,
    sharers,
    others: (others ?? []).map(({ accessor }) => accessor),
    warnings: made.warnings,
    diesWithParent: orphan
      ? undefined
      : {
          at: await orNote(
            problems,
            (cause) => diagnostic("parent-expiry-unknown", { cause }),
            () => ownExpiry(session),
          ),
        },
    givenUp,
    problems,
  };
}

/**
 * Makes sure that the write tokens are the environment's to end.
 *
 * @returns The environments whose write tokens they are, too.
 */
export function claimWriteTokens(
  session: VaultSession,
  location: VaultLocation,
  old: readonly TokenInfo[],
  claim: Claim,
): Promise<readonly string[]> {
  return refuseEndingOthers(session, location, claim, {
    policy: writePolicy(location),
    endsOld: () => Promise.resolve(old.length > 0),
  });
}

function hasPassed({ clock }: VaultSession, expires: string | undefined): boolean {
  return expires !== undefined && Date.parse(expires) <= clock.now().getTime();
}
