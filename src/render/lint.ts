import { count } from "./count.js";
import { hintOf, summaryOf } from "./diagnostic.js";
import { placeText } from "./place.js";
import {
  countOf,
  type Finding,
  findingPlace,
  isIgnorable,
  LINT_RULES,
  type LintReport,
  RULE_IDS,
  type RuleId,
} from "../model/lint.js";
import { type Style, wrap } from "./style.js";
import { printable } from "./printable.js";
import { RULE_WORDS } from "./words/lint-rules.js";

/** The findings for a person: one line each in compiler format, then the environments concerned and what to do. */
export function renderLint({ findings, environments, ignored }: LintReport, style: Style): string {
  const blocks = findings.map((finding) => renderFinding(finding, environments, style));
  return blocks.join("") + (findings.length === 0 ? "" : `\n${style.bold(lintSummary(findings, ignored.length))}\n`);
}

function renderFinding(finding: Finding, all: readonly string[], style: Style): string {
  const { severity, rule, diagnostic } = finding;
  const paint = { error: style.remove, warning: style.update, note: style.dim }[severity];
  const place = style.bold(printable(`${placeText(findingPlace(finding))}:`));
  const head = `${place} ${paint(`${severity} ${rule}:`)} ${printable(summaryOf(diagnostic))}\n`;
  return head + wrap(`${concerned(finding, all)}${findingHint(finding)}`, style, "    ");
}

function concerned({ environments }: Finding, all: readonly string[]): string {
  if (environments.length === 0) return "";
  return environments.length === all.length && all.length > 2
    ? `Affects all ${all.length} environments. `
    : `Affects ${environments.join(", ")}. `;
}

/** What to do about a finding; there always is a hint. */
export function findingHint({ diagnostic, rule }: Finding): string {
  return hintOf(diagnostic) ?? RULE_WORDS[rule].hint ?? "Correct it.";
}

/** `3 errors, 1 warning`. */
export function lintSummary(findings: readonly Finding[], ignored: number): string {
  const parts = (["error", "warning"] as const).map((severity) => count(countOf(findings, severity), severity));
  const notes = countOf(findings, "note");
  return [...parts, ...(notes > 0 ? [count(notes, "note")] : []), ...(ignored > 0 ? [`${ignored} ignored`] : [])].join(
    ", ",
  );
}

export function renderRule(rule: RuleId, style: Style): string {
  const { summary, explanation } = RULE_WORDS[rule];
  const severity = LINT_RULES[rule];
  const title = `${style.bold(rule)} (${severity}${severity === "note" ? ", shown with --notes" : ""})\n`;
  const ignore = isIgnorable(rule)
    ? `To ignore it on one line, write there or on the line above:\n    # phalanx-lint: ignore ${rule} REASON\n`
    : "No comment can ignore it.\n";
  return `${title}${wrap(summary, style, "")}\n${wrap(explanation, style, "")}\n${ignore}`;
}

/** Every rule, one line each. */
export function renderRules(style: Style): string {
  const width = Math.max(...RULE_IDS.map((rule) => rule.length));
  return RULE_IDS.map(
    (rule) => `${style.bold(rule.padEnd(width))}  ${LINT_RULES[rule].padEnd(7)}  ${RULE_WORDS[rule].summary}\n`,
  ).join("");
}
