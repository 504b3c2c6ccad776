import { didYouMean } from "../model/nearest.js";
import type { Finding } from "../model/lint.js";
import type { TextFile } from "./file.js";
import type { Report } from "./findings.js";
import { RULES } from "./rules.js";

/** A comment that ignores findings of one rule on one line. */
interface Ignore {
  readonly file: string;
  /** Where the comment stands. */
  readonly line: number;
  readonly column: number;
  /** The line that it is about. */
  readonly about: number;
  readonly rule: string;
}

const MARK = "phalanx-lint:";
const COMMENT = /(^|\s)#\s*phalanx-lint:(.*)$/s;

/** The comments of a file; those that are no good are reported. */
export function findIgnores({ path, text }: TextFile, report: Report): Ignore[] {
  if (!text.includes(MARK)) return [];
  const lines = text.split(/\r\n|\r|\n/);
  const about = linesBelow(lines);
  return lines.flatMap((content, i): Ignore[] => {
    const match = COMMENT.exec(content);
    if (match === null) return [];
    const column = match.index + (match[1] ?? "").length + 1;
    const say = (message: string, hint = "Write # phalanx-lint: ignore RULE reason."): [] => {
      report({ rule: "bad-ignore", file: path, line: i + 1, column, message, hint, environments: [] });
      return [];
    };
    const [verb = "", rule = "", ...reason] = (match[2] ?? "").trim().split(/\s+/);
    if (verb !== "ignore" || rule === "") return say("the comment is not understood");
    if (!RULES.has(rule))
      return say(`there is no rule ${rule}`, didYouMean(rule, RULES.keys()) ?? "See phalanx lint --explain.");
    if (reason.length === 0) return say(`the reason for ignoring ${rule} is missing, so it is not ignored`);
    return [{ file: path, line: i + 1, column, about: isAlone(content) ? (about[i] ?? i + 1) : i + 1, rule }];
  });
}

function isAlone(content: string): boolean {
  return /^\s*#/.test(content);
}

/** For each line the next 1-based line that is more than a comment. */
function linesBelow(lines: readonly string[]): number[] {
  const below: number[] = [];
  let next = lines.length + 1;
  for (let i = lines.length - 1; i >= 0; i--) {
    below[i] = next;
    if (!isAlone(lines[i] ?? "")) next = i + 1;
  }
  return below;
}

/** Takes out what comments ignore, and reports the comments that ignore nothing. */
export function applyIgnores(
  findings: readonly Finding[],
  ignores: readonly Ignore[],
  report: Report,
): { readonly kept: Finding[]; readonly ignored: number } {
  const ignoring = new Set(ignores.map(({ file, about, rule }) => placeId(file, about, rule)));
  const used = new Set<string>();
  const kept = findings.filter(({ file, line, rule }) => {
    const id = placeId(file, line, rule.id);
    if (!ignoring.has(id)) return true;
    used.add(id);
    return false;
  });
  for (const { file, line, column, about, rule } of ignores) {
    if (used.has(placeId(file, about, rule))) continue;
    report({
      rule: "unused-ignore",
      file,
      line,
      column,
      environments: [],
      message: `there is nothing of ${rule} to ignore on line ${about}`,
      hint: "Remove the comment.",
    });
  }
  return { kept, ignored: findings.length - kept.length };
}

function placeId(file: string, line: number, rule: string): string {
  return JSON.stringify([file, line, rule]);
}
