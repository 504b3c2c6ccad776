import { lineOf } from "./diagnostic.js";
import { count } from "./count.js";
import type { ConfigurationDiff, SecretDiff } from "../model/configuration-diff.js";
import { type DiffGroup, groupDiff, type SharedChange } from "../model/diff-groups.js";
import { groupBy } from "../model/group.js";
import { refId } from "../model/secret.js";
import { nameText, type RenameText } from "./diff-renames.js";
import { causeOf, consequenceText, keyText, natureText, symbolOf } from "./diff-secret-words.js";
import {
  ADDRESSES_HEADING,
  addressTexts,
  hasSection,
  headline,
  MOVE_TEXT,
  namesText,
  needsOf,
  stopText,
  tally,
} from "./diff-words.js";
import { keyColumn, keyLine } from "./key-lines.js";
import { oneLine } from "./printable.js";
import { shorten } from "./shorten.js";
import { type Style, wrap } from "./style.js";

/** A comparison for a person at a terminal: first what needs a person, then what changes, each item once. */
export function renderDiff(diff: ConfigurationDiff, style: Style): string {
  const groups = groupDiff(diff);
  const addresses = addressTexts(diff).map((text) => style.remove(wrap(text, style, "    ", "  ! ")));
  const needs = needsOf(diff, groups).map(
    ({ text, secrets, renames }) =>
      style.remove(wrap(`needs action before merging: ${text}`, style, "  ", "").trimEnd()) +
      "\n" +
      renames.map((rename) => renameText(rename, style)).join("") +
      secrets.map((secret) => wrap(personText(secret), style, "      ", "  ")).join(""),
  );
  const sections = [
    `${style.bold(headline(diff))}\n`,
    addresses.length === 0 ? "" : `${style.bold(ADDRESSES_HEADING)}\n${addresses.join("")}`,
    needs.join(""),
    ...groups.filter(hasSection).map((group) => groupText(group, style)),
  ];
  return sections.filter((text) => text !== "").join("\n");
}

function personText({ application, key, description }: SecretDiff): string {
  const about = description ? `: ${oneLine(shorten(description, "text"))}` : "";
  return `${nameText(application)} ${nameText(key)}${about}`;
}

/** The command is for copying, so it is never wrapped. */
function renameText({ name, text, command }: RenameText, style: Style): string {
  return wrap(`${name}: ${text}`, style, "      ", "  ") + (command === undefined ? "" : `      ${command}\n`);
}

function groupText(group: DiffGroup, style: Style): string {
  const { environments, status, changes, moved, stops, repaired, unreadable } = group;
  const alarm = (text: string): string => `${style.remove(wrap(text, style, "    ", "  ! ").trimEnd())}\n`;
  return [
    heading(environments, tally(group), style),
    ...unreadable.flatMap(({ side, problems }) => [
      alarm(`cannot be read in ${side}: ${count(problems.length, "problem")}`),
      ...problems.map((problem) => wrap(shorten(lineOf(problem), "text"), style, "      ", "    ")),
    ]),
    moved.length > 0 ? alarm(MOVE_TEXT) : "",
    ...stops.map((stop) => alarm(`a sync STOPS: ${stopText(stop)}`)),
    repaired.length === 0
      ? ""
      : wrap(
          `A sync no longer stops on ${repaired.map((ref) => nameText(refId(ref))).join(", ")}.`,
          style,
          "    ",
          "  ",
        ),
    ...(status === "removed"
      ? removedText(changes, style)
      : [...groupBy(changes, ({ secret }) => secret.application)].map(([application, own]) =>
          applicationText(application, own, style),
        )),
  ].join("");
}

function heading(environments: readonly string[], summary: string, style: Style): string {
  const names = namesText(environments);
  if (environments.length === 1) return `${style.bold(names)}  ${style.dim(summary)}`.trimEnd() + "\n";
  const text = `the same in ${environments.length} environments: ${names}`;
  return style.bold(wrap(text, style, "  ", "").trimEnd()) + `\n${summary === "" ? "" : `  ${style.dim(summary)}\n`}`;
}

/** They are unaffected, so their names are enough. */
function removedText(changes: readonly SharedChange[], style: Style): string[] {
  const applications = groupBy(changes, ({ secret }) => secret.application);
  return [...applications].map(([application, own]) =>
    wrap(`${nameText(application)}: ${own.map(keyText).join(", ")}`, style, "      ", "  - "),
  );
}

function applicationText(application: string, changes: readonly SharedChange[], style: Style): string {
  const causes = [...new Set(changes.map(causeOf))];
  const isShared = causes.length === 1 && (changes.length > 1 || concernsApplication(changes[0]?.secret));
  const [shared = ""] = isShared ? causes : [];
  const column = keyColumn(changes.map(keyText));
  const lines = changes.map((change) => {
    const symbol = symbolOf(change);
    const paint = { "+": style.create, "-": style.remove, "~": style.update }[symbol];
    const head = { mark: `    ${symbol}`, key: keyText(change), paint };
    const line = keyLine(head, `${natureText(change)}; ${consequenceText(change)}`, column, style);
    return isShared ? line : line + cause(causeOf(change), "        ", style);
  });
  return cause(shared, "      ", style, `  ${style.bold(nameText(application))}  `) + lines.join("");
}

function concernsApplication(secret: SecretDiff | undefined): boolean {
  return secret?.reasons.some(({ kind }) => kind.startsWith("application-")) ?? false;
}

/** Positions are for copying, so they are never wrapped. */
function cause(text: string, indent: string, { dim }: Style, first = indent): string {
  return text === "" && first === indent ? "" : `${`${first}${dim(text)}`.trimEnd()}\n`;
}
