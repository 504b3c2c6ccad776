import { PULL_SECRET, type VaultLocation } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import type { Purpose, Requirement } from "../model/vault-credentials.js";
import { capabilities } from "../vault/capabilities.js";
import { permits } from "../vault/explain-denied.js";
import type { VaultSession } from "../vault/protocol.js";

export interface PreflightResult extends Requirement {
  readonly granted: boolean;
}

type Require = (part: string, application: string, capability: string, purpose: Purpose) => Requirement;

function requireBelow({ mount, path }: VaultLocation): Require {
  return (part, application, capability, purpose) => ({
    path: `${mount}/${part}/${path}/${application}`,
    capability,
    purpose,
    application,
  });
}

/** Exactly what the writes of a plan need, so that a token with fewer rights is not refused. */
export function requirementsOf(plan: Plan, location: VaultLocation): Requirement[] {
  const require = requireBelow(location);
  return plan.applications.flatMap(({ application, action, base }): Requirement[] => {
    switch (action) {
      case "create":
      case "update":
        return [require("data", application, base.kind === "absent" ? "create" : "update", "write")];
      case "delete":
      case "undelete":
        return [require(action, application, "update", action)];
      case "purge":
        return [require("metadata", application, "delete", "destroy")];
      case "recover":
        return [
          require("data", application, "update", "write"),
          require("undelete", application, "update", "undelete"),
          require("delete", application, "update", "delete-again"),
        ];
    }
  });
}

/** Everything that syncing, deleting, restoring and noting need, for existing and new applications. */
export function allRequirements(
  location: VaultLocation,
  existing: readonly string[],
  required: readonly string[],
): Requirement[] {
  const names = [...new Set([...required, ...existing, PULL_SECRET])].sort();
  const there = new Set(existing);
  const require = requireBelow(location);
  return [
    { ...require("metadata", "", "list", "list"), application: undefined },
    ...names.flatMap((name) => [
      require("data", name, "read", "read"),
      require("data", name, there.has(name) ? "update" : "create", "write"),
      require("metadata", name, "read", "read-history"),
      require("metadata", name, "update", "note"),
      require("delete", name, "update", "delete-softly"),
      require("undelete", name, "update", "restore"),
    ]),
  ];
}

/** Asks the server, in one request, whether this session's token has all of these rights. */
export async function checkRequirements(
  session: VaultSession,
  requirements: readonly Requirement[],
): Promise<PreflightResult[]> {
  if (requirements.length === 0) return [];
  const granted = await capabilities(session, [...new Set(requirements.map(({ path }) => path))]);
  return requirements.map((requirement) => ({
    ...requirement,
    granted: permits(granted.get(requirement.path), requirement.capability),
  }));
}
