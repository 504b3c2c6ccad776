import type { DiffReason } from "../model/configuration-diff.js";
import type { Declaration, RuleName } from "../model/declaration.js";
import type { SecretRef } from "../model/secret.js";
import type { DiffSide } from "./side.js";

/** Why a secret is required on one side (`on`) and not on the other (`off`). */
export function requirementReasons(
  { application, key }: SecretRef,
  on: DiffSide | undefined,
  off: DiffSide | undefined,
  appears: boolean,
): DiffReason[] {
  if (on === undefined || off === undefined) return [{ kind: appears ? "environment-added" : "environment-removed" }];
  const after = appears ? on : off;
  if (!off.environment.applications.has(application)) {
    const at = after.position(["applications", application]);
    return [{ kind: appears ? "application-enabled" : "application-disabled", at }];
  }
  const [declared, other] = [on.declaration(application, key), off.declaration(application, key)];
  if (declared === undefined) return [];
  if (other === undefined)
    return [{ kind: appears ? "declaration-added" : "declaration-removed", at: declared.position }];
  return appears ? conditionReasons(other, declared, ["secret"]) : conditionReasons(declared, other, ["secret"]);
}

/** Why a secret required on both sides is different now. */
export function changeReasons({ application, key }: SecretRef, before: DiffSide, after: DiffSide): DiffReason[] {
  const [old, now] = [before.declaration(application, key), after.declaration(application, key)];
  if (old === undefined || now === undefined) return [];
  const reasons = conditionReasons(old, now, ["copy", "generate"]);
  return reasons.length > 0 ? reasons : [{ kind: "declaration-changed", at: now.position }];
}

function conditionReasons(before: Declaration, after: Declaration, rules: readonly RuleName[]): DiffReason[] {
  return rules.flatMap((of): DiffReason[] => {
    // A rule that was added or removed is a changed declaration, regardless of its condition.
    if (of !== "secret" && !(before.written[of] && after.written[of])) return [];
    const [old, now] = [before, after].map(({ conditions }) => conditions.find((condition) => condition.of === of));
    if (old?.path !== now?.path) {
      if ((old?.holds ?? true) === (now?.holds ?? true)) return [];
      return [{ kind: "condition-changed", of, before: old?.path, after: now?.path, at: after.position }];
    }
    if (old === undefined || now === undefined || old.holds === now.holds) return [];
    const unset = now.decidedBy === undefined;
    return [
      { kind: "condition-flipped", of, path: now.path, holds: now.holds, at: now.decidedBy ?? old.decidedBy, unset },
    ];
  });
}
