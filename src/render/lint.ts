import { count } from "./count.js";
import { countOf, type Finding, isIgnorable, type LintReport, type Rule } from "../model/lint.js";
import { type Style, wrap } from "./style.js";
import { printable } from "./printable.js";

/** The findings for a person: one line each as compilers write them, then whom it concerns and what to do. */
export function renderLint({ findings, environments, ignored }: LintReport, style: Style): string {
  const blocks = findings.map((finding) => renderFinding(finding, environments, style));
  return blocks.join("") + (findings.length === 0 ? "" : `\n${style.bold(lintSummary(findings, ignored.length))}\n`);
}

function renderFinding(finding: Finding, all: readonly string[], style: Style): string {
  const { file, line, column, severity, rule, message, hint } = finding;
  const paint = severity === "error" ? style.remove : style.update;
  const head = `${style.bold(printable(`${file}:${line}:${column}:`))} ${paint(`${severity} ${rule.id}:`)} ${printable(message)}\n`;
  return head + wrap(`${concerned(finding, all)}${hint}`, style, "    ");
}

function concerned({ environments }: Finding, all: readonly string[]): string {
  if (environments.length === 0) return "";
  return environments.length === all.length && all.length > 2
    ? `In all ${all.length} environments. `
    : `In ${environments.join(", ")}. `;
}

/** `3 errors, 1 warning`. */
export function lintSummary(findings: readonly Finding[], ignored: number): string {
  const parts = (["error", "warning"] as const).map((severity) => count(countOf(findings, severity), severity));
  return [...parts, ...(ignored > 0 ? [`${ignored} ignored`] : [])].join(", ");
}

/** What one rule is about. */
export function renderRule({ id, severity, summary, explanation }: Rule, style: Style): string {
  const title = `${style.bold(id)} (${severity})\n`;
  const ignore = isIgnorable({ id, severity })
    ? `To ignore it on one line, write there or on the line above:\n    # phalanx-lint: ignore ${id} REASON\n`
    : "No comment can ignore it.\n";
  return `${title}${wrap(summary, style, "")}\n${wrap(explanation, style, "")}\n${ignore}`;
}

/** Every rule, one line each. */
export function renderRules(rules: Iterable<Rule>, style: Style): string {
  const list = [...rules];
  const width = Math.max(...list.map(({ id }) => id.length));
  return list
    .map(({ id, severity, summary }) => `${style.bold(id.padEnd(width))}  ${severity.padEnd(7)}  ${summary}\n`)
    .join("");
}
