import { lineOf } from "./diagnostic.js";
import {
  type ConfigurationDiff,
  differs,
  type EnvironmentDiff,
  type SecretDiff,
  secretsMove,
} from "../model/configuration-diff.js";
import { refId } from "../model/secret.js";
import { count } from "./count.js";
import { causeOf, consequenceText, natureText, symbolOf } from "./diff-secret-words.js";
import {
  ADDRESSES_HEADING,
  addressTexts,
  headline,
  MOVE_TEXT,
  nameText,
  needsOf,
  settingText,
  stopText,
  tally,
} from "./diff-words.js";
import { markdownCode, markdownText } from "./markdown.js";
import { shorten } from "./shorten.js";

/** GitHub refuses comments of more than 65536 characters. */
const LIMIT = 60_000;

/** What addresses leave for the rest: there may be more of them than fit, if somebody wants that. */
const FOR_PEOPLE = 15_000;

/**
 * A comparison as a comment on a pull request: what to check first, what needs a person, and one section per environment
 * to be opened. What comes first is kept, the rest is counted.
 */
export function renderDiffMarkdown(diff: ConfigurationDiff): string {
  let left = LIMIT;
  let [addressesLost, needsLost, environmentsLost] = [0, 0, 0];
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
  const needs = needsOf(diff)
    .map(({ text, secrets }) => ({ line: `- **needs a person before merging:** ${markdownText(text)}\n`, secrets }))
    .filter(({ line }) => fits(line) || !++needsLost);
  const people = needs.flatMap(({ line, secrets }) => [
    line,
    ...secrets.map(item).filter((text) => fits(text) || !++needsLost),
  ]);
  const sections = diff.environments
    .filter(differs)
    .map((environment) => `\n${section(environment)}`)
    .filter((text) => fits(text) || !++environmentsLost);
  return [
    head,
    cutText(addressesLost, needsLost),
    addresses.length === 0 ? "" : `\n### ${ADDRESSES_HEADING}\n\n`,
    ...addresses,
    people.length === 0 ? "" : "\n",
    ...people,
    ...sections,
    environmentsLost === 0
      ? ""
      : `\n${count(environmentsLost, "more environment does", "more environments do")} not fit into a comment; \`phalanx diff\` shows all.\n`,
  ].join("");
}

/** Says at the top what somebody would otherwise believe not to be there. */
function cutText(addresses: number, people: number): string {
  const parts = [
    ...(addresses > 0 ? [count(addresses, "address or login", "addresses or logins")] : []),
    ...(people > 0 ? [count(people, "thing that needs a person", "things that need a person")] : []),
  ];
  if (parts.length === 0) return "";
  const are = addresses + people === 1 ? "is" : "are";
  return `\n> **This comment is cut: ${parts.join(" and ")} ${are} not in it. \`phalanx diff\` shows them all.**\n`;
}

function item({ application, key, description }: SecretDiff): string {
  const about = description ? ` ${markdownText(shorten(description, "text"))}` : "";
  return `  - ${markdownCode(`${nameText(application)} ${nameText(key)}`)}${about}\n`;
}

function section(diff: EnvironmentDiff): string {
  const { environment, secrets, settings, stops, repaired, unreadable } = diff;
  const items = [
    ...unreadable.flatMap(({ side, problems }) => [
      `cannot be read in ${markdownCode(side)}`,
      ...problems.map((problem) => markdownText(shorten(lineOf(problem), "text"))),
    ]),
    ...settings.map((setting) => `**${markdownText(settingText(setting))}**`),
    ...(secretsMove(diff) ? [`**${markdownText(MOVE_TEXT)}**`] : []),
    ...stops.map((stop) => `a sync **stops**: ${markdownText(stopText(stop))}`),
    ...(repaired.length > 0
      ? [`a sync stops no more on ${repaired.map((ref) => markdownCode(nameText(refId(ref)))).join(", ")}`]
      : []),
  ].map((text) => `- ${text}\n`);
  const table = ["| | Secret | What | Why | Then |\n|---|---|---|---|---|\n", ...secrets.map(row)];
  return [
    `<details><summary><b>${markdownText(nameText(environment))}</b>: ${markdownText(tally(diff) || "other changes")}</summary>\n`,
    items.join(""),
    secrets.length === 0 ? "" : table.join(""),
    "</details>\n",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function row(secret: SecretDiff): string {
  const cells = [
    `<code>${symbolOf(secret)}</code>`,
    markdownCode(`${nameText(secret.application)} ${nameText(secret.key)}`),
    markdownText(natureText(secret)),
    markdownText(causeOf(secret)),
    markdownText(consequenceText(secret)),
  ];
  return `| ${cells.join(" | ")} |\n`;
}
