import type { Place } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Finding, findingPlace, type IgnoredFinding, isIgnorable, isRule, type RuleId } from "../model/lint.js";
import { findComments, type YamlComment } from "../yaml/comments.js";
import { readEvents } from "../yaml/events.js";
import { ConfigurationError } from "../errors.js";
import type { TextFile } from "./file.js";
import type { Report } from "./findings.js";

/** A comment that ignores findings of one rule on one line. */
interface Ignore {
  /** Where the comment stands. */
  readonly place: Place;
  /** The line it applies to. */
  readonly about: number;
  readonly rule: RuleId;
  readonly reason: string;
}

const MARK = "phalanx-lint:";
const COMMENT = /(^|\s)#\s*phalanx-lint:(.*)$/s;

/** The comments of a file; invalid ones are reported. */
export function findIgnores({ path, text }: TextFile, report: Report): Ignore[] {
  if (!text.includes(MARK)) return [];
  const lines = text.split(/\r\n|\r|\n/);
  const about = linesBelow(lines);
  return commentsOf({ path, text }, lines).flatMap((comment): Ignore[] => {
    const match = COMMENT.exec(comment.text);
    if (match === null) return [];
    const { line } = comment;
    const column = comment.column + match.index + (match[1] ?? "").length;
    const place = { file: path, line, column };
    const [verb = "", rule = "", ...reason] = (match[2] ?? "").trim().split(/\s+/);
    if (verb !== "ignore" || rule === "") report(diagnostic("ignore-not-understood", {}, { place }), []);
    else if (!isRule(rule)) report(diagnostic("ignore-of-unknown-rule", { rule }, { place }), []);
    else if (reason.length === 0) report(diagnostic("ignore-without-reason", { rule }, { place }), []);
    else {
      const below = isAlone(lines[line - 1] ?? "") ? about[line - 1] : undefined;
      return [{ place, about: below ?? line, rule, reason: reason.join(" ") }];
    }
    return [];
  });
}

/** In a file that is not YAML, such as a Helm template, anything that looks like a comment. */
function commentsOf({ path, text }: TextFile, lines: readonly string[]): YamlComment[] {
  try {
    return findComments(readEvents(text, () => path));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return lines.map((line, i) => ({ file: path, line: i + 1, column: 1, text: line }));
  }
}

function isAlone(content: string): boolean {
  return /^\s*#/.test(content);
}

/** For each line, the next 1-based line that is more than a comment. */
function linesBelow(lines: readonly string[]): number[] {
  const below: number[] = [];
  let next = lines.length + 1;
  for (let i = lines.length - 1; i >= 0; i--) {
    below[i] = next;
    if (!isAlone(lines[i] ?? "")) next = i + 1;
  }
  return below;
}

/** Removes ignored findings, and reports comments that ignore nothing or something that cannot be ignored. */
export function applyIgnores(
  findings: readonly Finding[],
  ignores: readonly Ignore[],
  report: Report,
): { readonly kept: Finding[]; readonly ignored: IgnoredFinding[] } {
  const ignoring = new Map(ignores.map((ignore) => [placeId(ignore.place.file, ignore.about, ignore.rule), ignore]));
  const used = new Set<string>();
  const refused = new Map<string, readonly string[]>();
  const kept: Finding[] = [];
  const ignored: IgnoredFinding[] = [];
  for (const finding of findings) {
    const { file, line } = findingPlace(finding);
    const id = placeId(file, line, finding.rule);
    const ignore = ignoring.get(id);
    const can = isIgnorable(finding.rule, finding.severity);
    if (ignore === undefined || !can) kept.push(finding);
    else ignored.push({ ...finding, reason: ignore.reason });
    if (ignore === undefined) continue;
    if (can) used.add(id);
    else refused.set(id, finding.environments);
  }
  for (const { place, about, rule } of ignores) {
    const id = placeId(place.file, about, rule);
    const environments = refused.get(id);
    if (environments) report(diagnostic("ignore-of-stopping-error", { rule }, { place }), environments);
    else if (!used.has(id)) report(diagnostic("ignore-of-nothing", { rule, line: about }, { place }), []);
  }
  return { kept, ignored };
}

function placeId(file: string, line: number, rule: string): string {
  return JSON.stringify([file, line, rule]);
}
