import { type Finding, findingPlace, type LintReport } from "../model/lint.js";
import { summaryOf } from "./diagnostic.js";
import { findingHint, lintSummary } from "./lint.js";
import { printable } from "./printable.js";

/** The findings as workflow commands, which GitHub Actions shows beside the lines of a pull request. */
export function renderLintGithub({ findings, ignored }: LintReport): string {
  const summary = findings.length === 0 ? "" : `${lintSummary(findings, ignored.length)}\n`;
  return findings.map(toAnnotation).join("") + summary;
}

function toAnnotation(finding: Finding): string {
  const { rule, severity, diagnostic, environments } = finding;
  const { file, line, column } = findingPlace(finding);
  const concerned = environments.length > 0 ? `\nAffects ${environments.join(", ")}.` : "";
  const properties = [
    ["file", file],
    ["line", String(line)],
    ["col", String(column)],
    ["title", rule],
  ].map(([name, value = ""]) => `${name}=${escapeProperty(value)}`);
  const command = severity === "note" ? "notice" : severity;
  return `::${command} ${properties.join(",")}::${escapeData(`${summaryOf(diagnostic)}${concerned}\n${findingHint(finding)}`)}\n`;
}

function escapeData(text: string): string {
  return printable(text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A"));
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
