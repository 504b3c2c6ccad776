import type { Change, UnknownClass, UnknownSecret } from "../model/plan.js";
import { refId } from "../model/secret.js";

const CLASS_TEXT: Readonly<Record<UnknownClass, string>> = {
  disabled: "its application is disabled here",
  condition: "its condition is false here",
  undeclared: "no secrets.yaml declares it",
};

/** Why Vault holds what nobody requires, and whether only Vault does. */
export function unknownText({ class: unknownClass, unsourced }: Pick<UnknownSecret, "class" | "unsourced">): string {
  return `${CLASS_TEXT[unknownClass]}${unsourced ? "; no other source is known" : ""}`;
}

/** Why a change is needed, in a few words. */
export function causeText({ cause, action }: Pick<Change, "cause" | "action">): string {
  switch (cause.kind) {
    case "missing":
      return "missing in Vault";
    case "empty":
      return "empty in Vault";
    case "not-a-string":
      return "what Vault holds is no string";
    case "static-value-changed":
      return "the static source has another value";
    case "fixed-value-changed":
      return "the configuration has another value";
    case "clients-changed":
      return "the OpenID Connect clients changed";
    case "registries-changed":
      return "the registries changed";
    case "copy-differs":
      return `a copy of ${refId(cause.source)}, which differs`;
    case "source-changes":
      return `follows ${refId(cause.source)}, which changes`;
    case "regeneration-requested":
      return "a new value was asked for";
    case "unknown":
      return `${action === "delete" ? "not required" : "unknown"}: ${CLASS_TEXT[cause.class]}`;
    case "restored":
      return `back to the value of version ${cause.version}`;
    case "not-there-then":
      return "did not exist then";
  }
}
