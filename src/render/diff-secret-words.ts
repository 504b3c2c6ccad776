import { placeText } from "./place.js";
import type { Consequence, DiffReason, SecretDiff, SecretRename } from "../model/configuration-diff.js";
import type { SharedChange } from "../model/diff-groups.js";
import { type ByKind, wordsOf } from "./by-kind.js";
import { count } from "./count.js";
import { nameText } from "./diff-renames.js";
import { natureWords } from "./nature.js";
import { printable } from "./printable.js";
import { shorten } from "./shorten.js";

export function symbolOf({ secret: { aspect }, renamed }: SharedChange): "+" | "-" | "~" {
  if (renamed) return "~";
  return aspect === "required" ? "+" : aspect === "not-required" ? "-" : "~";
}

/** Its key, and its former one. */
export function keyText({ secret, renamed }: SharedChange): string {
  const { application, key } = renamed?.from ?? secret;
  return application === secret.application && key !== secret.key
    ? `${nameText(key)} -> ${nameText(secret.key)}`
    : nameText(secret.key);
}

/** What a secret is and was. */
export function natureText({ secret: { aspect, before, after } }: SharedChange): string {
  const [was, is] = [before, after].map((nature) => (nature ? shorten(natureWords(nature), "text") : ""));
  const other = was === is ? `${is}, by another rule` : `${was} -> ${is}`;
  return {
    required: is ?? "",
    "not-required": `was ${was}`,
    "fixed-value": "a different fixed value",
    template: was === is ? `a different template, ${is}` : `${was} -> ${is}`,
    encoding: "static, but encoded differently in 1Password",
    kind: other,
    source: other,
    generator: other,
  }[aspect];
}

/** Why it changes; empty if the environment itself is the reason. */
export function causeOf({ each, renamed }: SharedChange): string {
  const [first = "", ...more] = new Set(each.map((secret) => (renamed ? renameCause(secret, renamed) : cause(secret))));
  return more.length === 0 ? first : `${first}, and ${count(more.length, "more place")}`;
}

function renameCause({ application, reasons }: SecretDiff, { from }: SecretRename): string {
  const [place = ""] = reasons.flatMap((reason) => ("at" in reason && reason.at ? [placeText(reason.at)] : []));
  const was = from.application === application ? "renamed" : `renamed from ${from.application}`;
  return printable(shorten(`${was} (${place})`, "text"));
}

function cause({ reasons }: SecretDiff): string {
  return reasons
    .map((reason) => printable(shorten(diffReasonText(reason), "text")))
    .filter((text) => text !== "")
    .join(", ");
}

function diffReasonText(reason: DiffReason): string {
  return wordsOf(DIFF_REASONS, reason);
}

const DIFF_REASONS: ByKind<DiffReason> = {
  "environment-added": "",
  "environment-removed": "",
  "application-enabled": ({ at }) => `application enabled (${placeText(at)})`,
  "application-disabled": ({ at }) => `application disabled (${placeText(at)})`,
  "declaration-added": ({ at }) => `declared (${placeText(at)})`,
  "declaration-removed": ({ at }) => `no longer declared (it was at ${placeText(at)})`,
  "declaration-changed": ({ at }) => `declared differently (${placeText(at)})`,
  "condition-flipped": ({ of, path, holds, unset, at }) => {
    const place = at && placeText(at);
    const where = unset ? `set nowhere; it was at ${place}` : place;
    return `${of === "secret" ? "" : `the condition of its ${of} rule: `}${path} is now ${holds} (${where})`;
  },
  "condition-changed": ({ of, before, after, at }) => {
    const [was, is] = [before, after].map((path) => (path === undefined ? "none" : `"${path}"`));
    const what = of === "secret" ? "its condition" : `the condition of its ${of} rule`;
    return `${what} is ${is} instead of ${was} (${placeText(at)})`;
  },
};

/** What the next sync does; if it depends, first for a new secret, then for an existing one. */
const CONSEQUENCES: Readonly<Record<Consequence, string | readonly [added: string, changed: string]>> = {
  "ask-for-value": [
    "a person must provide its value",
    "a person must provide its value, or it keeps the value in Vault",
  ],
  generate: "a sync generates it",
  keep: "a sync keeps what Vault holds; phalanx secrets rotate gives a new value",
  copy: ["a sync copies it", "a sync replaces its value with the copy"],
  compose: ["a sync writes it", "a sync replaces its value"],
  "write-fixed": ["a sync writes it", "a sync replaces its value with the fixed one"],
  "write-clients": "a sync writes the clients of the static source",
  "leave-unknown": "stays in Vault as a leftover",
  "decode-differently": "the field in 1Password must be encoded accordingly",
  stop: "a sync STOPS on it",
  none: "stays in Vault",
};

/** What the next sync does about it. */
export function consequenceText({ secret: { consequence, before, after }, renamed }: SharedChange): string {
  if (renamed?.valueIsLost && consequence !== "stop")
    return `${after?.kind === "generate" ? "a sync generates a new value" : "a person must provide its value"}; the old one stays in Vault as a leftover`;
  const text = CONSEQUENCES[consequence];
  return typeof text === "string" ? text : text[before === undefined ? 0 : 1];
}
