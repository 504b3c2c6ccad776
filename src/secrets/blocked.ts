import { compareCodePoints } from "../model/code-points.js";
import type { DeletedApplication } from "../model/current-state.js";
import type { ApplicationPlan, BlockedApplication } from "../model/plan.js";
import { ForeignValue } from "../model/secret-value.js";
import { generatorOf } from "./generators.js";
import type { PlanInput } from "./resolve.js";

type BlockedInput = Pick<PlanInput, "current" | "resolved" | "only" | "generateAnew">;

/** The applications of a plan whose writing would lose something. */
export function findBlocked(input: BlockedInput, applications: readonly ApplicationPlan[]): BlockedApplication[] {
  return [...generatedOverDeleted(input), ...inexact(input, applications)].sort((a, b) =>
    compareCodePoints(a.application, b.application),
  );
}

function generatedOverDeleted({ current, resolved, only, generateAnew }: BlockedInput): BlockedApplication[] {
  const blocked = new Map<string, { readonly state: DeletedApplication; readonly keys: string[] }>();
  for (const [id, { secret }] of resolved) {
    if (only && !only.has(id)) continue;
    const state = current.get(secret.application);
    if (state === undefined || state.kind === "present") continue;
    if (secret.kind !== "generate" || generateAnew(secret)) continue;
    // What is made from a source comes back by itself.
    if (generatorOf(secret.rule).bits(secret.rule) === 0) continue;
    const entry = blocked.get(secret.application) ?? { state, keys: [] };
    entry.keys.push(secret.key);
    blocked.set(secret.application, entry);
  }
  return [...blocked].map(
    ([
      application,
      {
        state: { kind, version, deletionTime },
        keys,
      },
    ]) => ({
      kind,
      application,
      version,
      deletionTime,
      keys: [...keys].sort(compareCodePoints),
    }),
  );
}

function inexact({ current }: BlockedInput, applications: readonly ApplicationPlan[]): BlockedApplication[] {
  return applications.flatMap(({ application, changes }) => {
    const state = current.get(application);
    if (state?.kind !== "present") return [];
    const replaced = new Set(changes.map(({ key }) => key));
    const keys = [...state.values].flatMap(([key, value]) =>
      value instanceof ForeignValue && value.mayBeRounded && !replaced.has(key) ? [key] : [],
    );
    return keys.length === 0
      ? []
      : [{ kind: "inexact" as const, application, version: state.version, keys: keys.sort(compareCodePoints) }];
  });
}
