import { PULL_SECRET, type VaultLocation } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import { capabilities, permits } from "../vault/capabilities.js";
import type { VaultSession } from "../vault/protocol.js";

/** One thing that a sync has to be permitted to do. */
export interface Requirement {
  readonly capability: string;
  readonly path: string;
  /** What it is for, in words. */
  readonly purpose: string;
}

export interface PreflightResult extends Requirement {
  readonly granted: boolean;
}

/** What the writes of a plan need: only these, so that a token for less is not refused. */
export function requirementsOf(plan: Plan, { mount, path }: VaultLocation): Requirement[] {
  return plan.applications.flatMap(({ application, action, base }): Requirement[] => {
    const data = { path: `${mount}/data/${path}/${application}` };
    switch (action) {
      case "create":
      case "update":
        return [{ ...data, capability: base.kind === "absent" ? "create" : "update", purpose: `write ${application}` }];
      case "delete":
      case "undelete":
        return [
          {
            path: `${mount}/${action}/${path}/${application}`,
            capability: "update",
            purpose: `${action} ${application}`,
          },
        ];
      case "purge":
        return [
          { path: `${mount}/metadata/${path}/${application}`, capability: "delete", purpose: `destroy ${application}` },
        ];
      case "recover":
        return [
          { ...data, capability: "update", purpose: `write ${application}` },
          {
            path: `${mount}/undelete/${path}/${application}`,
            capability: "update",
            purpose: `undelete ${application}`,
          },
          {
            path: `${mount}/delete/${path}/${application}`,
            capability: "update",
            purpose: `delete ${application} again`,
          },
        ];
    }
  });
}

/** Everything that syncing, deleting, restoring and noting need, for applications that exist and for others. */
export function allRequirements(
  { mount, path }: VaultLocation,
  existing: readonly string[],
  required: readonly string[],
): Requirement[] {
  const names = [...new Set([...required, ...existing, PULL_SECRET])].sort();
  const there = new Set(existing);
  const at = (kind: string, application: string, capability: string, purpose: string): Requirement => ({
    path: `${mount}/${kind}/${path}/${application}`,
    capability,
    purpose,
  });
  return [
    { path: `${mount}/metadata/${path}/`, capability: "list", purpose: "see what is there" },
    ...names.flatMap((name) => [
      at("data", name, "read", `read ${name}`),
      at("data", name, there.has(name) ? "update" : "create", `write ${name}`),
      at("metadata", name, "read", `history of ${name}`),
      at("metadata", name, "update", `note who wrote ${name}`),
      at("delete", name, "update", `delete ${name} softly`),
      at("undelete", name, "update", `restore ${name}`),
    ]),
  ];
}

/** Asks the server, in one request, whether this session's token may do all of that. */
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
