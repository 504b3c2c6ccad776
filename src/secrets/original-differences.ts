import { requiredSecrets, PULL_SECRET, PULL_SECRET_KEY } from "../model/environment.js";
import type { OriginalDifference } from "../model/original-difference.js";
import type { Plan } from "../model/plan.js";
import { compareRefs, isExtension, refId, sourcesOf } from "../model/secret.js";
import { otherOutcomes } from "./original-outcomes.js";
import type { PlanInput } from "./resolve.js";

export interface OriginalDifferencesInput
  extends Pick<PlanInput, "environment" | "current" | "staticSecrets" | "exclude" | "resolved"> {
  readonly plan: Plan;
  /** The names of the folders under the prefix. */
  readonly folders: readonly string[];
}

/**
 * Everything that the two programs would currently treat differently, sorted. Empty: it does not matter which one runs.
 */
export function originalDifferences(input: OriginalDifferencesInput): OriginalDifference[] {
  const found = [...extensions(input), ...values(input), ...refused(input), ...excludedPullSecret(input)];
  // Each secret appears once, with the first reason found.
  const named = new Map<string, OriginalDifference>();
  for (const difference of [...found, ...kept(input)]) {
    if (!named.has(refId(difference))) named.set(refId(difference), difference);
  }
  return [...named.values()].sort(compareRefs);
}

function extensions({ environment }: OriginalDifferencesInput): OriginalDifference[] {
  return requiredSecrets(environment).flatMap((secret): OriginalDifference[] => {
    if (secret.kind !== "generate" && secret.kind !== "template") return [];
    const { application, key } = secret;
    const type = secret.kind === "generate" ? secret.rule.type : secret.kind;
    return isExtension(type) ? [{ application, key, kind: "extension" }] : [];
  });
}

function values(input: OriginalDifferencesInput): OriginalDifference[] {
  return [...otherOutcomes(input)].flatMap(([id, kind]): OriginalDifference[] => {
    const secret = input.resolved.get(id)?.secret;
    if (secret === undefined) return [];
    const { application, key } = secret;
    const because = sourcesOf(secret).map(refId);
    return [{ application, key, kind, ...(because.length > 0 ? { because } : {}) }];
  });
}

/** What stops phalanx from writing anything until someone decides. */
function refused({ plan }: OriginalDifferencesInput): OriginalDifference[] {
  const planned = new Map(plan.applications.map(({ application, changes }) => [application, changes]));
  return plan.blocked.flatMap(({ kind, application, keys }): OriginalDifference[] => {
    if (kind !== "inexact") return keys.map((key) => ({ application, key, kind: "deleted-kept" }));
    const changes = planned.get(application) ?? [];
    return changes.map(({ key }) => ({ application, key, kind: "rounded-kept", because: keys }));
  });
}

function excludedPullSecret({ exclude, staticSecrets }: OriginalDifferencesInput): OriginalDifference[] {
  return exclude.has(PULL_SECRET) && staticSecrets && staticSecrets.registries.size > 0
    ? [{ application: PULL_SECRET, key: PULL_SECRET_KEY, kind: "pull-secret-excluded" }]
    : [];
}

/** What the original deletes with `--delete`, but phalanx does not. */
function kept({ environment, current, ...input }: OriginalDifferencesInput): OriginalDifference[] {
  const folders = new Set(input.folders);
  return [...current].flatMap(([application, state]) => {
    if (state.kind !== "present") return [];
    const folder = folders.has(application) ? [{ application, key: "", kind: "folder-kept" as const }] : [];
    const shared = [...state.values.keys()].flatMap((key): OriginalDifference[] => {
      if (environment.applications.get(application)?.secrets.has(key)) return [];
      const because = environment
        .siblings()
        .filter(({ required }) => required.get(application)?.has(key))
        .map((sibling) => sibling.environment);
      return because.length > 0 ? [{ application, key, kind: "sibling-kept", because }] : [];
    });
    return [...folder, ...shared];
  });
}
