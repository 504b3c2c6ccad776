import { lineOf } from "./diagnostic.js";
import type { ConfigurationDiff, SecretDiff } from "../model/configuration-diff.js";
import { type DiffGroup, groupDiff, type SharedChange } from "../model/diff-groups.js";
import { groupBy } from "../model/group.js";
import { refId } from "../model/secret.js";
import { count } from "./count.js";
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
import { markdownCode, markdownText } from "./markdown.js";
import { shorten } from "./shorten.js";

/** GitHub rejects comments of more than 65536 characters. */
const LIMIT = 60_000;

/** Reserved for everything but addresses: someone could add more of those than fit. */
const FOR_PEOPLE = 15_000;

/**
 * A comparison as a comment on a pull request: first what to check, then what needs a person, then collapsible
 * sections, one for all environments with the same changes. What comes first is kept, the rest is counted.
 */
export function renderDiffMarkdown(diff: ConfigurationDiff): string {
  let left = LIMIT;
  let [addressesLost, needsLost] = [0, 0];
  const environmentsLost = new Set<string>();
  const groups = groupDiff(diff);
  const fits = (part: string, reserved = 0): boolean => {
    if (part.length > left - reserved) return false;
    left -= part.length;
    return true;
  };
  const head = `**${markdownText(headline(diff))}**\n`;
  left -= head.length;
  const addresses = addressTexts(diff)
    .map((text) => `- **${markdownText(text)}**\n`)
    .filter((line) => fits(line, FOR_PEOPLE) || !++addressesLost);
  const needs = needsOf(diff, groups)
    .map((need) => ({ ...need, line: `- **needs action before merging:** ${markdownText(need.text)}\n` }))
    .filter(({ line }) => fits(line) || !++needsLost);
  const people = needs.flatMap(({ line, secrets, renames }) => [
    line,
    ...[...renames.map(renameItem), ...secrets.map(item)].filter((text) => fits(text) || !++needsLost),
  ]);
  const sections = groups.filter(hasSection).flatMap((group): string[] => {
    const text = `\n${section(group)}`;
    if (fits(text)) return [text];
    for (const environment of group.environments) environmentsLost.add(environment);
    return [];
  });
  return [
    head,
    cutText(addressesLost, needsLost),
    addresses.length === 0 ? "" : `\n### ${ADDRESSES_HEADING}\n\n`,
    ...addresses,
    people.length === 0 ? "" : "\n",
    ...people,
    ...sections,
    environmentsLost.size === 0
      ? ""
      : `\nParts of ${count(environmentsLost.size, "environment")} do not fit into a comment; \`phalanx diff\` shows them all.\n`,
  ].join("");
}

/** Says at the top what is missing, so readers do not conclude that it does not exist. */
function cutText(addresses: number, people: number): string {
  const parts = [
    ...(addresses > 0 ? [count(addresses, "address or login", "addresses or logins")] : []),
    ...(people > 0 ? [count(people, "thing that needs action", "things that need action")] : []),
  ];
  if (parts.length === 0) return "";
  const are = addresses + people === 1 ? "is" : "are";
  return `\n> **This comment is cut: ${parts.join(" and ")} ${are} not in it. \`phalanx diff\` shows them all.**\n`;
}

function item({ application, key, description }: SecretDiff): string {
  const about = description ? ` ${markdownText(shorten(description, "text"))}` : "";
  return `  - ${markdownCode(`${nameText(application)} ${nameText(key)}`)}${about}\n`;
}

function renameItem({ name, text, command }: RenameText): string {
  return `  - ${markdownCode(name)} ${markdownText(text)}${command === undefined ? "" : ` ${markdownCode(command)}`}\n`;
}

function section(group: DiffGroup): string {
  const { environments, status, changes, moved, stops, repaired, unreadable } = group;
  const items = [
    ...unreadable.flatMap(({ side, problems }) => [
      `cannot be read in ${markdownCode(side)}`,
      ...problems.map((problem) => markdownText(shorten(lineOf(problem), "text"))),
    ]),
    ...(moved.length > 0 ? [`**${markdownText(MOVE_TEXT)}**`] : []),
    ...stops.map((stop) => `a sync **stops**: ${markdownText(stopText(stop))}`),
    ...(repaired.length > 0
      ? [`a sync no longer stops on ${repaired.map((ref) => markdownCode(nameText(refId(ref)))).join(", ")}`]
      : []),
  ].map((text) => `- ${text}\n`);
  const names = `<b>${markdownText(namesText(environments))}</b>`;
  const whose = environments.length === 1 ? names : `the same in ${environments.length} environments: ${names}`;
  return [
    `<details><summary>${whose}: ${markdownText(tally(group) || "other changes")}</summary>\n`,
    items.join(""),
    changes.length === 0 ? "" : status === "removed" ? removedList(changes) : table(changes),
    "</details>\n",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** They are unaffected, so their names are enough. */
function removedList(changes: readonly SharedChange[]): string {
  const applications = groupBy(changes, ({ secret }) => secret.application);
  const items = [...applications].map(
    ([application, own]) =>
      `- ${markdownText(nameText(application))}&#58; ${own.map((change) => markdownCode(keyText(change))).join(", ")}\n`,
  );
  return items.join("");
}

/** Keys with everything else in common share a row, and a single row needs no table. */
function table(changes: readonly SharedChange[]): string {
  const rows = [
    ...groupBy(changes, (change) =>
      JSON.stringify([change.secret.application, symbolOf(change), ...cellsOf(change)]),
    ).values(),
  ].map(row);
  if (rows.length === 1) {
    const [symbol, names, ...cells] = rows[0] ?? [];
    return `- ${symbol} ${names} ${cells.filter((cell) => cell !== "").join("; ")}\n`;
  }
  const lines = rows.map((cells) => `| ${cells.join(" | ")} |\n`);
  return ["| | Secret | What | Why | Then |\n|---|---|---|---|---|\n", ...lines].join("");
}

function cellsOf(change: SharedChange): string[] {
  return [natureText(change), causeOf(change), consequenceText(change)].map(markdownText);
}

function row(same: readonly SharedChange[]): string[] {
  const [first] = same;
  if (first === undefined) return [];
  const names = same.map((change, i) =>
    markdownCode(i === 0 ? `${nameText(change.secret.application)} ${keyText(change)}` : keyText(change)),
  );
  return [`<code>${symbolOf(first)}</code>`, names.join(", "), ...cellsOf(first)];
}
