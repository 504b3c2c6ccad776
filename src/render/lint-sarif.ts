import { isAbsolute } from "node:path";
import {
  type Finding,
  findingPlace,
  isIgnorable,
  LINT_RULES,
  type LintReport,
  RULE_IDS,
  type RuleId,
} from "../model/lint.js";
import { summaryOf } from "./diagnostic.js";
import { jsonText } from "./json.js";
import { findingHint } from "./lint.js";
import { RULE_WORDS } from "./words/lint-rules.js";

/** The findings as SARIF 2.1.0, which code scanners and editors read. */
export function renderLintSarif({ findings, ignored }: LintReport, version: string): string {
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "phalanx", version, rules: RULE_IDS.map(toDescriptor) } },
        columnKind: "utf16CodeUnits",
        results: [
          ...findings.map(toResult),
          ...ignored.map((finding) => ({
            ...toResult(finding),
            suppressions: [{ kind: "inSource", justification: finding.reason }],
          })),
        ],
      },
    ],
  };
  return jsonText(log);
}

function toDescriptor(id: RuleId): object {
  const { summary, explanation } = RULE_WORDS[id];
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: explanation },
    help: {
      text: `${explanation}${isIgnorable(id) ? ` To ignore it: # phalanx-lint: ignore ${id} REASON` : ""}`,
    },
    defaultConfiguration: { level: LINT_RULES[id], enabled: LINT_RULES[id] !== "note" },
  };
}

function toResult(finding: Finding): object {
  const { rule, severity, diagnostic, environments } = finding;
  const { file, line, column } = findingPlace(finding);
  const concerned = environments.length > 0 ? `Affects ${environments.join(", ")}. ` : "";
  const region = { startLine: line, startColumn: column };
  return {
    ruleId: rule,
    ruleIndex: RULE_IDS.indexOf(rule),
    level: severity,
    message: { text: `${summaryOf(diagnostic)}. ${concerned}${findingHint(finding)}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: toUri(file) }, region } }],
    properties: { environments },
  };
}

/** Relative paths stay relative: to the root of the repository, where lint runs. */
function toUri(path: string): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return isAbsolute(path) ? `file://${encoded}` : encoded;
}
