import { lineOf } from "./diagnostic.js";
import { placeText } from "./place.js";
import {
  type AddressChange,
  addressChanges,
  type ConfigurationDiff,
  differs,
  type EnvironmentDiff,
  newStatic,
  type SecretDiff,
  secretsMove,
  type StoppingSecret,
} from "../model/configuration-diff.js";
import { refId } from "../model/secret.js";
import { count } from "./count.js";
import { symbolOf } from "./diff-secret-words.js";
import { printable } from "./printable.js";
import { reasonText } from "./reason.js";
import { shorten } from "./shorten.js";

function shown(value: string | null | undefined): string {
  if (value === null) return "(a value that is refused)";
  return value === undefined ? "(not set)" : printable(shorten(value, "text"));
}

/** A name that somebody chose, as it can be shown. */
export function nameText(name: string): string {
  return printable(shorten(name, "name"));
}

/** One setting that moves secrets or their source. */
export function settingText({ setting, before, after, beforeUnreadable, at }: Omit<AddressChange, "of">): string {
  const was = beforeUnreadable ? "(cannot be read)" : shown(before);
  return `${nameText(setting)}: ${was} -> ${shown(after)} (${printable(shorten(placeText(at), "text"))})`;
}

/** What stands above everything about where tokens and secrets go. */
export const ADDRESSES_HEADING = "Addresses and logins: check these first";

/** A line for each of them. */
export function addressTexts(diff: ConfigurationDiff): string[] {
  return addressChanges(diff).map((change) => `${nameText(change.of)}: ${settingText(change)}`);
}

export const MOVE_TEXT =
  "SECRETS MOVE: a sync generates everything anew at the new place, and static secrets must be put there. To take the old values along, see phalanx vault copy-secrets (same server) or export-secrets.";

export function stopText({ reason, ...ref }: StoppingSecret): string {
  return printable(`${shorten(refId(ref), "name")} ${shorten(reasonText(reason), "text")}`);
}

/** Something that needs a person before merging, and the secrets that it is about. */
export interface Need {
  readonly text: string;
  readonly secrets: readonly SecretDiff[];
}

/** Everything that needs a person before merging. */
export function needsOf({ fleet, environments }: ConfigurationDiff): Need[] {
  const of = fleet.unreadable.map(({ side, problems: [first] }) => ({
    text: `phalanx.fleet.yaml cannot be read in ${side}: ${shorten(first ? lineOf(first) : "", "text")}`,
    secrets: [],
  }));
  const [old, added] = [true, false].map((existed) => environments.filter((each) => each.existed === existed));
  return [...of, ...[...(old ?? []), ...(added ?? [])].filter(differs).flatMap(needsOfEnvironment)];
}

function needsOfEnvironment(diff: EnvironmentDiff): Need[] {
  const { stops, unreadable, settings } = diff;
  const environment = nameText(diff.environment);
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
export function headline(diff: ConfigurationDiff): string {
  const { environments, before, after } = diff;
  const addresses = addressChanges(diff).length;
  const of = count(environments.length, "environment");
  const unknown = environments.filter(({ status }) => status === "unknown").length;
  const changed = environments.filter(differs).length - unknown;
  const parts = [
    // Where none can be compared, nobody knows that nothing changes.
    ...(changed > 0
      ? [`secrets change in ${changed} of ${of}`]
      : unknown === 0
        ? [`nothing changes for secrets in ${of}`]
        : unknown < environments.length
          ? [`nothing changes for secrets in ${environments.length - unknown} of ${of}`]
          : []),
    ...(unknown === 0 ? [] : [`${unknown} cannot be compared`]),
    ...(addresses === 0 ? [] : [count(addresses, "address or login changes", "addresses or logins change")]),
  ];
  return `${before} -> ${after}: ${parts.join("; ")}`;
}
