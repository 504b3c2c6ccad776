import { lineOf } from "./diagnostic.js";
import { placeText } from "./place.js";
import {
  type AddressChange,
  addressChanges,
  type ConfigurationDiff,
  differs,
  isNewStatic,
  type SecretDiff,
  type StoppingSecret,
} from "../model/configuration-diff.js";
import { refId } from "../model/secret.js";
import type { DiffGroup } from "../model/diff-groups.js";
import { count } from "./count.js";
import { nameText, renamedText, type RenameText, renameTexts } from "./diff-renames.js";
import { symbolOf } from "./diff-secret-words.js";
import { printable } from "./printable.js";
import { reasonText } from "./reason.js";
import { shorten } from "./shorten.js";

function shown(value: string | null | undefined): string {
  if (value === null) return "(a value that is refused)";
  return value === undefined ? "(not set)" : printable(shorten(value, "text"));
}

/** One setting that moves secrets or their source. */
export function settingText({ setting, before, after, beforeUnreadable, at }: Omit<AddressChange, "of">): string {
  if (setting === "name" && before !== undefined)
    return `was ${shown(before)}, and keeps its place in Vault: its first sync needs --adopt (${printable(shorten(placeText(at), "text"))})`;
  const was = beforeUnreadable ? "(cannot be read)" : shown(before);
  return `${nameText(setting)}: ${was} -> ${shown(after)} (${printable(shorten(placeText(at), "text"))})`;
}

/** Heading of everything about where tokens and secrets go. */
export const ADDRESSES_HEADING = "Addresses and logins: check these first";

/** One line each. */
export function addressTexts(diff: ConfigurationDiff): string[] {
  return addressChanges(diff).map((change) => `${nameText(change.of)}: ${settingText(change)}`);
}

export const MOVE_TEXT =
  "SECRETS MOVE: a sync generates again what the new prefix does not hold, and static secrets must be provided there. To move the old values, see phalanx vault copy-secrets (same server) or export-secrets.";

export function stopText({ reason, ...ref }: StoppingSecret): string {
  return printable(`${shorten(refId(ref), "name")} ${shorten(reasonText(reason), "text")}`);
}

/** Something that needs action before merging, and the secrets it concerns. */
export interface Need {
  readonly text: string;
  readonly secrets: readonly SecretDiff[];
  readonly renames: readonly RenameText[];
}

/**
 * Everything that needs action before merging. Existing environments come first: a change cannot add more of those.
 */
export function needsOf({ fleet }: ConfigurationDiff, groups: readonly DiffGroup[]): Need[] {
  const of = fleet.flatMap((file) =>
    file.unreadable.map(({ side, problems: [first] }) => ({
      text: `${file.of} cannot be read in ${side}: ${shorten(first ? lineOf(first) : "", "text")}`,
      secrets: [],
      renames: [],
    })),
  );
  const [old, added] = [true, false].map((existed) => groups.filter((each) => each.existed === existed));
  return [...of, ...[...(old ?? []), ...(added ?? [])].flatMap(needsOfGroup)];
}

function needsOfGroup(group: DiffGroup): Need[] {
  const { stops, unreadable, moved, lost, environments, changes } = group;
  const names = namesText(environments);
  const added = changes.flatMap(({ secret, renamed }) => (isNewStatic(secret) && !renamed ? [secret] : []));
  const sides = unreadable.map(({ side }) => side).join(" and ");
  return [
    ...need(unreadable, `${names} cannot be read in ${sides}`),
    ...need(moved, `the secrets of ${names} move (${moved.join(", ")})`),
    ...need(stops, `a sync of ${names} would stop on ${count(stops.length, "secret")}`),
    ...need(lost, renamedText(lost, where(environments)), { renames: renameTexts(group) }),
    ...need(added, `${count(added.length, "new static secret")} in ${where(environments)}`, { secrets: added }),
  ];
}

function need(because: readonly unknown[], text: string, about: Partial<Need> = {}): Need[] {
  return because.length > 0 ? [{ text, secrets: [], renames: [], ...about }] : [];
}

/** More would push what follows out of a comment. */
const MOST_NAMES = 60;

export function namesText(environments: readonly string[]): string {
  const names = environments.slice(0, MOST_NAMES).map(nameText);
  const more = environments.length - names.length;
  return [...names, ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

function where(environments: readonly string[]): string {
  const { length } = environments;
  return length === 1 ? namesText(environments) : `each of ${length} environments: ${namesText(environments)}`;
}

/** `3 more required, 1 no longer required, 2 changed`. */
export function tally({ status, changes }: DiffGroup): string {
  // They are unaffected.
  if (status === "removed" && changes.length > 0)
    return `removed; ${count(changes.length, "secret stays", "secrets stay")} in Vault`;
  const renamed = changes.filter((change) => change.renamed).length;
  const of = (symbol: string): number => changes.filter((change) => symbolOf(change) === symbol).length;
  const parts = [
    [of("+"), "more required"],
    [of("-"), "no longer required"],
    [of("~") - renamed, "changed"],
    [renamed, "renamed"],
  ].flatMap(([n, words]) => (n === 0 ? [] : [`${n} ${words}`]));
  const what = { added: "added", removed: "removed", unknown: "cannot be compared", changed: "", same: "" }[status];
  return [what, ...parts].filter((part) => part !== "").join(", ");
}

/** The first line, in text and in Markdown. */
export function headline(diff: ConfigurationDiff): string {
  const { environments, before, after } = diff;
  const addresses = addressChanges(diff).length;
  const of = count(environments.length, "environment");
  const unknown = environments.filter(({ status }) => status === "unknown").length;
  const changed = environments.filter(differs).length - unknown;
  const parts = [
    // If none can be compared, it is unknown that nothing changes.
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

/** Whether there is more to report than what needs a person. */
export function hasSection({ status, unreadable, moved, stops, repaired, changes }: DiffGroup): boolean {
  return status !== "changed" || [unreadable, moved, stops, repaired, changes].some(({ length }) => length > 0);
}
