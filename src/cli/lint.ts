import { requireKnown } from "../config/environment.js";
import { diskTree } from "../config/disk-tree.js";
import { findRoot } from "../config/tree.js";
import { ExitCode, PhalanxError } from "../errors.js";
import { collectFindings, compareFindings } from "../lint/findings.js";
import { lintTree, onlyConcerning } from "../lint/lint.js";
import { countOf, type Finding, findingPlace, isRule, type LintReport, RULE_IDS, withoutNotes } from "../model/lint.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { renderLint, renderRule, renderRules } from "../render/lint.js";
import { renderLintGithub } from "../render/lint-github.js";
import { lintResult, ruleResult } from "../render/lint-json.js";
import { renderLintSarif } from "../render/lint-sarif.js";
import { NOTHING } from "../render/nothing.js";
import { VERSION } from "../version.js";
import type { Context } from "../terminal/context.js";
import { print, styleFor, tellNothing } from "../terminal/terminal.js";

export interface LintOptions {
  readonly config?: string;
  readonly format: "text" | "json" | "sarif" | "github";
  readonly strict?: boolean;
  readonly notes?: boolean;
  readonly templates: boolean;
  /** A rule; true: all of them. */
  readonly explain?: string | true;
}

/** `phalanx lint [ENV...]`: what is wrong with the configuration, from its files alone. */
export async function run(context: Context, names: readonly string[], options: LintOptions): Promise<ExitCode> {
  if (options.explain !== undefined) return explain(context, options.explain);
  const root = findRoot(options.config, context);
  const found = lintTree(diskTree(root, root), { templates: options.templates });
  const everything = options.notes && options.templates ? await withUnread(context, root, found) : found;
  const report = options.notes ? everything : withoutNotes(everything);
  if (
    report.environments.length === 0 &&
    report.findings.every((finding) => findingPlace(finding).file !== "environments")
  ) {
    throw new PhalanxError(diagnostic("environments-none"));
  }
  for (const name of names) requireKnown(name, report.environments, diskTree(root, context.cwd));
  const concerning = (all: LintReport): LintReport => (names.length > 0 ? onlyConcerning(all, new Set(names)) : all);
  const chosen = concerning(report);
  const hidden = concerning(everything).findings.length - chosen.findings.length;
  const shown = diskTree(root, context.cwd);
  const asShown = <F extends Finding>(finding: F): F => {
    const place = { ...finding.diagnostic.place, file: shown.display(findingPlace(finding).file) };
    return { ...finding, diagnostic: { ...finding.diagnostic, place } };
  };
  const findings = chosen.findings.map(asShown);
  const result = { ...chosen, findings, ignored: chosen.ignored.map(asShown) };
  if (context.answer) {
    const diagnostics = findings.map(({ diagnostic: found, severity }) => ({ ...found, severity }));
    context.answer.result(lintResult(result), diagnostics);
  } else if (options.format === "text") print(context.stdout, render(context, result, options.format));
  else context.stdout.write(render(context, result, options.format));
  if (findings.length === 0 && options.format === "text" && !context.answer)
    tellNothing(context, NOTHING.lint(result, hidden));
  const failing = countOf(findings, "error") + (options.strict ? countOf(findings, "warning") : 0);
  return failing > 0 ? ExitCode.findings : ExitCode.ok;
}

/** Adds the Secrets that nothing reads, which requires the objects of all charts in all environments. */
async function withUnread(context: Context, root: string, found: LintReport): Promise<LintReport> {
  const { reportUnreadSecrets } = await import("../target/unread-secrets.js");
  const { report, finish } = collectFindings();
  await reportUnreadSecrets(context, root, report);
  return { ...found, findings: [...found.findings, ...finish()].sort(compareFindings) };
}

function render(context: Context, report: LintReport, format: LintOptions["format"]): string {
  switch (format) {
    case "json":
    case "text":
      return renderLint(report, styleFor(context, context.stdout));
    case "sarif":
      return renderLintSarif(report, VERSION);
    case "github":
      return renderLintGithub(report);
  }
}

function explain(context: Context, id: string | true): ExitCode {
  const style = styleFor(context, context.stdout);
  if (id !== true && !isRule(id)) throw new PhalanxError(diagnostic("rule-unknown", { given: id }));
  if (context.answer) context.answer.result({ rules: id === true ? RULE_IDS.map(ruleResult) : [ruleResult(id)] });
  else print(context.stdout, id === true ? renderRules(style) : renderRule(id, style));
  return ExitCode.ok;
}
