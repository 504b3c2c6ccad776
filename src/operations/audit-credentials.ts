import { UNITS } from "../model/duration.js";
import { credentialName, type VaultLocation } from "../model/environment.js";
import type { CredentialProblem, CredentialReport } from "../model/credential-report.js";
import type { TokenInfo } from "../model/vault-credentials.js";
import { getRoleIfEnabled } from "../vault/app-role.js";
import { type EnvironmentPolicy, readPolicy, writePolicy, getPolicy } from "../vault/policies.js";
import { locate } from "../vault/locate.js";
import type { VaultSession } from "../vault/protocol.js";
import { findNamedTokens } from "./find-write-tokens.js";

const WARNING_MILLISECONDS = 7 * UNITS.day * 1000;

/** Compares the AppRole, the write tokens and their policies with the expected ones. */
export async function auditCredentials(session: VaultSession, configured: VaultLocation): Promise<CredentialReport> {
  const location = await locate(session, configured);
  const [read, write, name] = [readPolicy(location), writePolicy(location), credentialName(location)];
  const [role, readText, writeText, named] = await Promise.all([
    getRoleIfEnabled(session, name),
    getPolicy(session, read.name),
    getPolicy(session, write.name),
    findNamedTokens(session, location),
  ]);
  // Another prefix may end in the same component; its token is not ours.
  const own = named.filter(({ policies }) => policies.includes(write.name));
  const tokens =
    own.length > 0 ? own : named.filter(({ policies }) => !policies.some((policy) => policy.endsWith("/write")));
  return {
    appRole: {
      name,
      found: role !== undefined,
      problems: role ? [...policyProblems(role.policies, read), ...textProblems(readText, read)] : [],
    },
    tokenName: `token-${name}`,
    tokens: tokens.map((token) => ({
      name: token.displayName,
      accessor: token.accessor,
      problems: [
        ...expiryProblems(token, session.clock.now()),
        ...policyProblems(token.policies, write),
        ...textProblems(writeText, write),
      ],
    })),
  };
}

function expiryProblems({ expires }: TokenInfo, now: Date): CredentialProblem[] {
  if (expires === undefined) return [{ kind: "expiration-missing" }];
  const left = Date.parse(expires) - now.getTime();
  if (left < 0) return [{ kind: "expired", at: expires }];
  return left < WARNING_MILLISECONDS ? [{ kind: "expires-soon", at: expires }] : [];
}

function policyProblems(policies: readonly string[], { name }: EnvironmentPolicy): CredentialProblem[] {
  const unexpected = policies.filter((policy) => policy !== name && policy !== "default");
  return [
    ...(policies.includes(name) ? [] : [{ kind: "missing-policy" as const, policy: name }]),
    ...unexpected.map((policy) => ({ kind: "unexpected-policy" as const, policy })),
  ];
}

function textProblems(actual: string | undefined, { name, text }: EnvironmentPolicy): CredentialProblem[] {
  return actual === text ? [] : [{ kind: "policy-differs", policy: name }];
}
