import { lineOf } from "./diagnostic.js";
import { count } from "./count.js";
import {
  type ConfigurationDiff,
  differs,
  type EnvironmentDiff,
  type SecretDiff,
  secretsMove,
} from "../model/configuration-diff.js";
import { refId } from "../model/secret.js";
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
import { keyColumn, keyLine } from "./key-lines.js";
import { oneLine } from "./printable.js";
import { shorten } from "./shorten.js";
import { type Style, wrap } from "./style.js";

/** A comparison for a person at a terminal: first what needs a person, then environment by environment. */
export function renderDiff(diff: ConfigurationDiff, style: Style): string {
  const different = diff.environments.filter(differs);
  const addresses = addressTexts(diff).map((text) => style.remove(wrap(text, style, "    ", "  ! ")));
  const needs = needsOf(diff).map(
    ({ text, secrets }) =>
      style.remove(wrap(`needs a person before merging: ${text}`, style, "  ", "").trimEnd()) +
      "\n" +
      secrets.map((secret) => wrap(personText(secret), style, "      ", "  ")).join(""),
  );
  const sections = [
    `${style.bold(headline(diff))}\n`,
    addresses.length === 0 ? "" : `${style.bold(ADDRESSES_HEADING)}\n${addresses.join("")}`,
    needs.join(""),
    ...different.map((environment) => environmentText(environment, style)),
  ];
  return sections.filter((text) => text !== "").join("\n");
}

function personText({ application, key, description }: SecretDiff): string {
  const about = description ? `: ${oneLine(shorten(description, "text"))}` : "";
  return `${nameText(application)} ${nameText(key)}${about}`;
}

function environmentText(diff: EnvironmentDiff, style: Style): string {
  const { secrets, settings, stops, repaired, unreadable } = diff;
  const alarm = (text: string): string => `${style.remove(wrap(text, style, "    ", "  ! ").trimEnd())}\n`;
  const applications = [...new Set(secrets.map(({ application }) => application))];
  return [
    `${style.bold(nameText(diff.environment))}  ${style.dim(tally(diff))}`.trimEnd() + "\n",
    ...unreadable.flatMap(({ side, problems }) => [
      alarm(`cannot be read in ${side}: ${count(problems.length, "problem")}`),
      ...problems.map((problem) => wrap(shorten(lineOf(problem), "text"), style, "      ", "    ")),
    ]),
    ...settings.map((setting) => alarm(settingText(setting))),
    secretsMove(diff) ? alarm(MOVE_TEXT) : "",
    ...stops.map((stop) => alarm(`a sync STOPS: ${stopText(stop)}`)),
    repaired.length === 0
      ? ""
      : wrap(`A sync stops no more on ${repaired.map((ref) => nameText(refId(ref))).join(", ")}.`, style, "    ", "  "),
    ...applications.map((application) =>
      applicationText(
        application,
        secrets.filter((secret) => secret.application === application),
        style,
      ),
    ),
  ].join("");
}

function applicationText(application: string, secrets: readonly SecretDiff[], style: Style): string {
  const causes = [...new Set(secrets.map(causeOf))];
  const isShared = causes.length === 1 && (secrets.length > 1 || concernsApplication(secrets[0]));
  const [shared = ""] = isShared ? causes : [];
  const column = keyColumn(secrets.map(({ key }) => nameText(key)));
  const lines = secrets.map((secret) => {
    const symbol = symbolOf(secret);
    const paint = { "+": style.create, "-": style.remove, "~": style.update }[symbol];
    const head = { mark: `    ${symbol}`, key: nameText(secret.key), paint };
    const line = keyLine(head, `${natureText(secret)}; ${consequenceText(secret)}`, column, style);
    return isShared ? line : line + cause(causeOf(secret), "        ", style);
  });
  return cause(shared, "      ", style, `  ${style.bold(nameText(application))}  `) + lines.join("");
}

function concernsApplication(secret: SecretDiff | undefined): boolean {
  return secret?.reasons.some(({ kind }) => kind.startsWith("application-")) ?? false;
}

/** Positions are to be copied, so they are never broken. */
function cause(text: string, indent: string, { dim }: Style, first = indent): string {
  return text === "" && first === indent ? "" : `${`${first}${dim(text)}`.trimEnd()}\n`;
}
