import type { Cause, Change, UnknownClass, UnknownSecret } from "../model/plan.js";
import { PULL_SECRET } from "../model/environment.js";
import { refId } from "../model/secret.js";
import { type ByKind, wordsOf } from "./by-kind.js";

const CLASS_TEXT: Readonly<Record<UnknownClass, string>> = {
  disabled: "its application is disabled here",
  condition: "its condition is false here",
  undeclared: "no secrets.yaml declares it",
};

/** No secrets.yaml declares a pull secret: the static secrets do. */
function classText(application: string, unknownClass: UnknownClass): string {
  return application === PULL_SECRET ? "the static secrets name no registry" : CLASS_TEXT[unknownClass];
}

/** Why Vault holds what nothing requires, and whether there is no other source. */
export function unknownText({ application, class: unknownClass, unsourced }: UnknownSecret): string {
  return `${classText(application, unknownClass)}${unsourced ? "; no other source is known" : ""}`;
}

/** Why a change is needed, in a few words. */
export function causeText({ application, cause, action }: Pick<Change, "application" | "cause" | "action">): string {
  if (cause.kind !== "unknown") return wordsOf(REASONS, cause);
  return `${action === "delete" ? "not required" : "unknown"}: ${classText(application, cause.class)}`;
}

const REASONS: ByKind<Exclude<Cause, { readonly kind: "unknown" }>> = {
  missing: ({ heldIn, mayBeOlder }) =>
    `missing in Vault${heldIn === undefined ? "" : `, although version ${heldIn}${mayBeOlder ? " or a later one" : ""} had it`}`,
  empty: "empty in Vault",
  "not-a-string": "what Vault holds is not a string",
  "static-value-changed": "the static source has a different value",
  "fixed-value-changed": "the configuration has a different value",
  "clients-changed": ({ isEmptied }) =>
    isEmptied
      ? "the static secrets name no OpenID Connect clients, but Vault holds some"
      : "the static secrets name other OpenID Connect clients than Vault holds",
  "registries-changed": "the static secrets name other registries, or other credentials, than Vault holds",
  "copy-differs": ({ source, isSourceMissing }) =>
    `a copy of ${refId(source)}, which ${isSourceMissing ? "is missing in Vault" : "differs"}`,
  "source-changes": ({ source }) => `follows ${refId(source)}, which changes`,
  "template-differs": "its template now gives a different value",
  "regeneration-requested": "a new value was requested",
  "other-prefix": ({ prefix }) => `taken over from ${prefix}`,
  "not-at-other-prefix": ({ prefix }) => `${prefix} does not have it`,
  restored: ({ version }) => `back to the value of version ${version}`,
  "not-there-then": "was not in Vault at that time",
};
