import { count } from "./count.js";
import type {
  ConfigurationDiff,
  DiffReason,
  EnvironmentDiff,
  SecretDiff,
  SettingDiff,
  StoppingSecret,
} from "../model/configuration-diff.js";
import { differs, newStatic, secretsMove } from "../model/configuration-diff.js";
import { refId } from "../model/secret.js";
import { natureWords } from "./nature.js";
import { printable } from "./printable.js";
import { reasonText } from "./reason.js";

export function symbolOf({ aspect }: SecretDiff): "+" | "-" | "~" {
  return aspect === "required" ? "+" : aspect === "not-required" ? "-" : "~";
}

/** What a secret is and was. */
export function natureText({ aspect, before, after }: SecretDiff): string {
  const [was, is] = [before, after].map((nature) => (nature ? natureWords(nature) : ""));
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
    .map((reason) => printable(diffReasonText(reason)))
    .filter((text) => text !== "")
    .join(", ");
}

function diffReasonText(reason: DiffReason): string {
  switch (reason.kind) {
    case "environment-added":
    case "environment-removed":
      return "";
    case "application-enabled":
      return `application enabled (${reason.at})`;
    case "application-disabled":
      return `application disabled (${reason.at})`;
    case "declaration-added":
      return `declared (${reason.at})`;
    case "declaration-removed":
      return `declared no more (it was at ${reason.at})`;
    case "declaration-changed":
      return `declared differently (${reason.at})`;
    case "condition-flipped": {
      const where = reason.unset ? `set nowhere; it was at ${reason.at}` : reason.at;
      return `${reason.of === "secret" ? "" : `${reason.of} if `}${reason.path} is now ${reason.holds} (${where})`;
    }
    case "condition-changed": {
      const [before, after] = [reason.before, reason.after].map((path) => (path === undefined ? "none" : `"${path}"`));
      const of = reason.of === "secret" ? "its condition" : `the condition of its ${reason.of} rule`;
      return `${of} is ${after} instead of ${before} (${reason.at})`;
    }
  }
}

/** What the next sync does about it. */
export function consequenceText({ consequence, before }: SecretDiff): string {
  switch (consequence) {
    case "ask-for-value":
      return before === undefined
        ? "a person must provide its value"
        : "a person must provide its value, or it stays what Vault holds";
    case "generate":
      return "a sync generates it";
    case "keep":
      return "a sync keeps what Vault holds; phalanx secrets rotate gives a new value";
    case "copy":
      return before === undefined ? "a sync copies it" : "a sync replaces its value by the copy";
    case "compose":
      return before === undefined ? "a sync writes it" : "a sync replaces its value";
    case "write-fixed":
      return before === undefined ? "a sync writes it" : "a sync replaces its value by the fixed one";
    case "write-clients":
      return "a sync writes the clients of the static source";
    case "leave-unknown":
      return "stays in Vault, unknown";
    case "decode-differently":
      return "the field in 1Password must be encoded accordingly";
    case "stop":
      return "a sync STOPS on it";
    case "none":
      return "stays in Vault";
  }
}

function shown(value: string | undefined): string {
  return value === undefined ? "(not set)" : printable(value);
}

/** One setting that moves secrets or their source. */
export function settingText({ setting, before, after, at }: SettingDiff): string {
  return `${setting}: ${shown(before)} -> ${shown(after)} (${printable(at)})`;
}

export const MOVE_TEXT =
  "SECRETS MOVE: a sync generates everything anew at the new place, and static secrets must be put there. To take the old values along, see phalanx vault copy-secrets (same server) or export-secrets.";

export function stopText({ reason, ...ref }: StoppingSecret): string {
  return printable(`${refId(ref)} ${reasonText(reason)}`);
}

/** Something that needs a person before merging, and the secrets that it is about. */
export interface Need {
  readonly text: string;
  readonly secrets: readonly SecretDiff[];
}

/** Everything in an environment that needs a person before merging. */
export function needsOf(diff: EnvironmentDiff): Need[] {
  const { stops, unreadable, settings } = diff;
  const environment = printable(diff.environment);
  const added = newStatic(diff);
  const moved = settings.map(({ setting }) => setting).filter((setting) => setting.startsWith("vault"));
  const sides = unreadable.map(({ side }) => side).join(" and ");
  return [
    ...need(unreadable, `${environment} cannot be read in ${sides}`),
    ...need(secretsMove(diff) ? moved : [], `the secrets of ${environment} move (${moved.join(", ")})`),
    ...need(stops, `a sync of ${environment} would stop on ${count(stops.length, "secret")}`),
    ...need(added, `${count(added.length, "new static secret")} in ${environment}`, added),
  ];
}

function need(because: readonly unknown[], text: string, secrets: readonly SecretDiff[] = []): Need[] {
  return because.length > 0 ? [{ text, secrets }] : [];
}

/** `3 required, 1 no longer required, 2 changed`. */
export function tally({ status, secrets }: EnvironmentDiff): string {
  const of = (symbol: string): number => secrets.filter((secret) => symbolOf(secret) === symbol).length;
  const parts = [
    [of("+"), "more required"],
    [of("-"), "no longer required"],
    [of("~"), "changed"],
  ].flatMap(([n, words]) => (n === 0 ? [] : [`${n} ${words}`]));
  const what = { added: "added", removed: "removed", unknown: "cannot be compared", changed: "", same: "" }[status];
  return [what, ...parts].filter((part) => part !== "").join(", ");
}

/** The first line of every form. */
export function headline({ environments, before, after }: ConfigurationDiff): string {
  const of = count(environments.length, "environment");
  const unknown = environments.filter(({ status }) => status === "unknown").length;
  const changed = environments.filter(differs).length - unknown;
  const parts = [
    changed === 0
      ? `nothing changes for secrets in ${unknown === 0 ? of : `${environments.length - unknown} of ${of}`}`
      : `secrets change in ${changed} of ${of}`,
    ...(unknown === 0 ? [] : [`${unknown} cannot be compared`]),
  ];
  return `${before} -> ${after}: ${parts.join("; ")}`;
}
