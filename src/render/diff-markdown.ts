import {
  type ConfigurationDiff,
  differs,
  type EnvironmentDiff,
  type SecretDiff,
  secretsMove,
} from "../model/configuration-diff.js";
import { refId } from "../model/secret.js";
import { causeOf, consequenceText, natureText, symbolOf } from "./diff-secret-words.js";
import { headline, MOVE_TEXT, needsOf, settingText, stopText, tally } from "./diff-words.js";
import { markdownCode, markdownText } from "./markdown.js";

/** GitHub refuses comments of more than 65536 characters. */
const LIMIT = 60_000;

/** A comparison as a comment on a pull request: a summary, and one section per environment to be opened. */
export function renderDiffMarkdown(diff: ConfigurationDiff): string {
  const different = diff.environments.filter(differs);
  const needs = different.flatMap(needsOf).map(({ text, secrets }) => {
    const items = secrets.map(
      ({ application, key, description }) =>
        `  - ${markdownCode(`${application} ${key}`)}${description ? ` ${markdownText(description)}` : ""}\n`,
    );
    return `- **needs a person before merging:** ${markdownText(text)}\n${items.join("")}`;
  });
  let text = `**${markdownText(headline(diff))}**\n`;
  let left = 0;
  const add = (part: string): void => {
    if (text.length + part.length > LIMIT) left += 1;
    else text += part;
  };
  if (needs.length > 0) add("\n");
  for (const need of needs) add(need);
  for (const environment of different) add(`\n${section(environment)}`);
  const more = left === 0 ? "" : `\n${left} more parts do not fit into a comment; \`phalanx diff\` shows them.\n`;
  return text + more;
}

function section(diff: EnvironmentDiff): string {
  const { environment, secrets, settings, stops, repaired, unreadable } = diff;
  const items = [
    ...unreadable.flatMap(({ side, problems }) => [
      `cannot be read in ${markdownCode(side)}`,
      ...problems.map(({ message }) => markdownText(message)),
    ]),
    ...settings.map((setting) => `**${markdownText(settingText(setting))}**`),
    ...(secretsMove(diff) ? [`**${markdownText(MOVE_TEXT)}**`] : []),
    ...stops.map((stop) => `a sync **stops**: ${markdownText(stopText(stop))}`),
    ...(repaired.length > 0
      ? [`a sync stops no more on ${repaired.map((ref) => markdownCode(refId(ref))).join(", ")}`]
      : []),
  ].map((item) => `- ${item}\n`);
  const table = ["| | Secret | What | Why | Then |\n|---|---|---|---|---|\n", ...secrets.map(row)];
  return [
    `<details><summary><b>${markdownText(environment)}</b>: ${markdownText(tally(diff) || "other changes")}</summary>\n`,
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
    markdownCode(`${secret.application} ${secret.key}`),
    markdownText(natureText(secret)),
    markdownText(causeOf(secret)),
    markdownText(consequenceText(secret)),
  ];
  return `| ${cells.join(" | ")} |\n`;
}
