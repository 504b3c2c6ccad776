import type { Finding, LintReport } from "../model/lint.js";
import { lintSummary } from "./lint.js";
import { printable } from "./printable.js";

/** The findings as commands of GitHub Actions, which shows them beside the lines of a pull request. */
export function renderLintGithub({ findings, ignored }: LintReport): string {
  const summary = findings.length === 0 ? "" : `${lintSummary(findings, ignored.length)}\n`;
  return findings.map(toAnnotation).join("") + summary;
}

function toAnnotation({ rule, severity, message, hint, file, line, column, environments }: Finding): string {
  const concerned = environments.length > 0 ? `\nIn ${environments.join(", ")}.` : "";
  const properties = [
    ["file", file],
    ["line", String(line)],
    ["col", String(column)],
    ["title", rule.id],
  ].map(([name, value = ""]) => `${name}=${escapeProperty(value)}`);
  return `::${severity} ${properties.join(",")}::${escapeData(`${message}${concerned}\n${hint}`)}\n`;
}

function escapeData(text: string): string {
  return printable(text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A"));
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
