import type { Cause, Change, UnknownClass, UnknownSecret } from "../model/plan.js";
import { refId } from "../model/secret.js";
import { type ByKind, wordsOf } from "./by-kind.js";

const CLASS_TEXT: Readonly<Record<UnknownClass, string>> = {
  disabled: "its application is disabled here",
  condition: "its condition is false here",
  undeclared: "no secrets.yaml declares it",
};

/** Why Vault holds what nothing requires, and whether there is no other source. */
export function unknownText({ class: unknownClass, unsourced }: Pick<UnknownSecret, "class" | "unsourced">): string {
  return `${CLASS_TEXT[unknownClass]}${unsourced ? "; no other source is known" : ""}`;
}

/** Nothing requires an unknown secret; the plan may or may not delete it. */
type Reason = Cause | { readonly kind: "not-required"; readonly class: UnknownClass };

/** Why a change is needed, in a few words. */
export function causeText({ cause, action }: Pick<Change, "cause" | "action">): string {
  const reason: Reason =
    cause.kind === "unknown" && action === "delete" ? { kind: "not-required", class: cause.class } : cause;
  return wordsOf(REASONS, reason);
}

const REASONS: ByKind<Reason> = {
  missing: ({ heldIn }) => `missing in Vault${heldIn === undefined ? "" : `, although version ${heldIn} had it`}`,
  empty: "empty in Vault",
  "not-a-string": "what Vault holds is not a string",
  "static-value-changed": "the static source has a different value",
  "fixed-value-changed": "the configuration has a different value",
  "clients-changed": "the OpenID Connect clients changed",
  "registries-changed": "the registries changed",
  "copy-differs": ({ source }) => `a copy of ${refId(source)}, which differs`,
  "source-changes": ({ source }) => `follows ${refId(source)}, which changes`,
  "regeneration-requested": "a new value was requested",
  unknown: ({ class: unknownClass }) => `unknown: ${CLASS_TEXT[unknownClass]}`,
  "not-required": ({ class: unknownClass }) => `not required: ${CLASS_TEXT[unknownClass]}`,
  "other-prefix": ({ prefix }) => `taken over from ${prefix}`,
  "not-at-other-prefix": ({ prefix }) => `${prefix} does not have it`,
  restored: ({ version }) => `back to the value of version ${version}`,
  "not-there-then": "did not exist at that time",
};
