import type { Origin } from "../model/impact.js";
import type { Cause, Change } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";
import { type ByKind, wordsOf } from "./by-kind.js";
import { printable } from "./printable.js";
import { causeText } from "./cause.js";

/** Why a change is needed and where its new value comes from, in a few words. */
export function changeText(change: Change, origin: Origin | undefined): string {
  const { cause } = change;
  if (origin === undefined || SAYS_ORIGIN.has(cause.kind)) return causeText(change);
  if (cause.kind === "static-value-changed") return anotherText(origin) ?? causeText(change);
  const text = wordsOf(WORDS, origin);
  if (cause.kind !== "source-changes") return `${causeText(change)}; ${text}`;
  const isOnly = "sources" in origin && origin.sources.every((source) => refId(source) === refId(cause.source));
  return isOnly ? `${text}, which changes` : `${text}; ${refId(cause.source)} changes`;
}

/** Causes whose text already says it. */
const SAYS_ORIGIN: ReadonlySet<Cause["kind"]> = new Set(["restored", "other-prefix", "copy-differs"]);

/** A static source has a different value from Vault. */
function anotherText(origin: Origin): string | undefined {
  switch (origin.kind) {
    case "file":
      return `${origin.files.join(" or ")} has a different value`;
    case "onepassword":
      return `the 1Password item ${origin.item} has a different value`;
    case "input":
      return "a different value was given";
    default:
      return undefined;
  }
}

const WORDS: ByKind<Origin> = {
  generated: ({ generator }) => `generated (${generator})`,
  file: ({ files }) => `from ${files.join(" or ")}`,
  onepassword: ({ item }) => `from the 1Password item ${item}`,
  input: "its value was given",
  copied: ({ sources }) => `copied from ${namesOf(sources)}`,
  made: ({ by, sources }) => `made (${by}) from ${namesOf(sources)}`,
  fixed: ({ file = "secrets.yaml" }) => `fixed in ${printable(file)}`,
  "no-clients": "no source has clients, so an empty list",
  version: ({ version }) => `from version ${version}`,
  prefix: ({ prefix }) => `from ${prefix}`,
};

function namesOf(sources: readonly SecretRef[]): string {
  return [...new Set(sources.map(refId))].join(", ");
}
