import type { CurrentState } from "../model/current-state.js";
import type { Environment } from "../model/environment.js";
import type { OriginalDifference } from "../model/original-difference.js";
import type { Plan } from "../model/plan.js";
import { compareRefs, isExtension } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";

export interface OriginalDifferencesInput {
  readonly environment: Environment;
  readonly current: CurrentState;
  readonly staticSecrets: StaticSecrets | undefined;
  readonly plan: Plan;
}

/** Everything that the two programs would treat differently now, sorted. An empty list: it does not matter which runs. */
export function originalDifferences(input: OriginalDifferencesInput): OriginalDifference[] {
  return [...staleHashes(input), ...declared(input), ...kept(input)].sort(compareRefs);
}

function staleHashes({ plan }: OriginalDifferencesInput): OriginalDifference[] {
  return plan.applications.flatMap(({ changes }) =>
    changes.flatMap(({ application, key, action, cause }) =>
      action === "update" && cause.kind === "source-changes"
        ? [
            {
              application,
              key,
              kind: "stale-hash" as const,
              because: [`${cause.source.application}/${cause.source.key}`],
            },
          ]
        : [],
    ),
  );
}

function declared({ environment, current, staticSecrets }: OriginalDifferencesInput): OriginalDifference[] {
  return [...environment.applications.values()].flatMap(({ name: application, secrets }) =>
    [...secrets.values()].flatMap((secret): OriginalDifference[] => {
      const { key } = secret;
      if (secret.kind !== "generate" && secret.kind !== "template") return [];
      const type = secret.kind === "template" ? secret.kind : secret.rule.type;
      if (isExtension(type)) return [{ application, key, kind: "extension" }];
      const state = current.get(application);
      const isStored = state?.kind === "present" && state.values.has(key);
      return type === "oidc-clients" && staticSecrets === undefined && isStored
        ? [{ application, key, kind: "clients-kept" }]
        : [];
    }),
  );
}

function kept({ environment, current, plan }: OriginalDifferencesInput): OriginalDifference[] {
  const deleted = plan.blocked.flatMap((blocked) =>
    blocked.kind === "inexact"
      ? []
      : blocked.keys.map((key) => ({ application: blocked.application, key, kind: "deleted-kept" as const })),
  );
  const shared = [...current].flatMap(([application, state]) =>
    state.kind !== "present"
      ? []
      : [...state.values.keys()].flatMap((key): OriginalDifference[] => {
          if (environment.applications.get(application)?.secrets.has(key)) return [];
          const because = environment
            .siblings()
            .filter(({ required }) => required.get(application)?.has(key))
            .map((sibling) => sibling.environment);
          return because.length > 0 ? [{ application, key, kind: "sibling-kept", because }] : [];
        }),
  );
  return [...deleted, ...shared];
}
