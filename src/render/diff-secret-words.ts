import { placeText } from "./place.js";
import type { Consequence, DiffReason, SecretDiff } from "../model/configuration-diff.js";
import { natureWords } from "./nature.js";
import { printable } from "./printable.js";
import { shorten } from "./shorten.js";

export function symbolOf({ aspect }: SecretDiff): "+" | "-" | "~" {
  return aspect === "required" ? "+" : aspect === "not-required" ? "-" : "~";
}

/** What a secret is and was. */
export function natureText({ aspect, before, after }: SecretDiff): string {
  const [was, is] = [before, after].map((nature) => (nature ? shorten(natureWords(nature), "text") : ""));
  switch (aspect) {
    case "required":
      return is ?? "";
    case "not-required":
      return `was ${was}`;
    case "fixed-value":
      return "another fixed value";
    case "template":
      return was === is ? `another template, ${is}` : `${was} -> ${is}`;
    case "encoding":
      return "static, but encoded differently in 1Password";
    case "kind":
    case "source":
    case "generator":
      return was === is ? `${is}, by another rule` : `${was} -> ${is}`;
  }
}

/** Why it changes; empty where the environment itself is the reason. */
export function causeOf({ reasons }: SecretDiff): string {
  return reasons
    .map((reason) => printable(shorten(diffReasonText(reason), "text")))
    .filter((text) => text !== "")
    .join(", ");
}

function diffReasonText(reason: DiffReason): string {
  switch (reason.kind) {
    case "environment-added":
    case "environment-removed":
      return "";
    case "application-enabled":
      return `application enabled (${placeText(reason.at)})`;
    case "application-disabled":
      return `application disabled (${placeText(reason.at)})`;
    case "declaration-added":
      return `declared (${placeText(reason.at)})`;
    case "declaration-removed":
      return `declared no more (it was at ${placeText(reason.at)})`;
    case "declaration-changed":
      return `declared differently (${placeText(reason.at)})`;
    case "condition-flipped": {
      const at = reason.at && placeText(reason.at);
      const where = reason.unset ? `set nowhere; it was at ${at}` : at;
      return `${reason.of === "secret" ? "" : `${reason.of} if `}${reason.path} is now ${reason.holds} (${where})`;
    }
    case "condition-changed": {
      const [before, after] = [reason.before, reason.after].map((path) => (path === undefined ? "none" : `"${path}"`));
      const of = reason.of === "secret" ? "its condition" : `the condition of its ${reason.of} rule`;
      return `${of} is ${after} instead of ${before} (${placeText(reason.at)})`;
    }
  }
}

/** What the next sync does; where that differs, first to a secret that is new, then to one that there was before. */
const CONSEQUENCES: Readonly<Record<Consequence, string | readonly [added: string, changed: string]>> = {
  "ask-for-value": ["a person must provide its value", "a person must provide its value, or it stays what Vault holds"],
  generate: "a sync generates it",
  keep: "a sync keeps what Vault holds; phalanx secrets rotate gives a new value",
  copy: ["a sync copies it", "a sync replaces its value by the copy"],
  compose: ["a sync writes it", "a sync replaces its value"],
  "write-fixed": ["a sync writes it", "a sync replaces its value by the fixed one"],
  "write-clients": "a sync writes the clients of the static source",
  "leave-unknown": "stays in Vault, unknown",
  "decode-differently": "the field in 1Password must be encoded accordingly",
  stop: "a sync STOPS on it",
  none: "stays in Vault",
};

/** What the next sync does about it. */
export function consequenceText({ consequence, before }: SecretDiff): string {
  const text = CONSEQUENCES[consequence];
  return typeof text === "string" ? text : text[before === undefined ? 0 : 1];
}
