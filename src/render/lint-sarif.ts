import { isAbsolute } from "node:path";
import { type Finding, isIgnorable, type LintReport, type Rule } from "../model/lint.js";
import { jsonText } from "./json.js";

/** The findings as SARIF 2.1.0, which code scanners and editors read. */
export function renderLintSarif({ findings, ignored }: LintReport, rules: Iterable<Rule>, version: string): string {
  const list = [...rules];
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "phalanx", version, rules: list.map(toDescriptor) } },
        columnKind: "utf16CodeUnits",
        results: [
          ...findings.map((finding) => toResult(finding, list)),
          ...ignored.map((finding) => ({
            ...toResult(finding, list),
            suppressions: [{ kind: "inSource", justification: finding.reason }],
          })),
        ],
      },
    ],
  };
  return jsonText(log);
}

function toDescriptor({ id, severity, summary, explanation }: Rule): object {
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: explanation },
    help: {
      text: `${explanation}${isIgnorable({ id, severity }) ? ` To ignore it: # phalanx-lint: ignore ${id} REASON` : ""}`,
    },
    defaultConfiguration: { level: severity },
  };
}

function toResult(finding: Finding, rules: readonly Rule[]): object {
  const { rule, severity, message, hint, file, line, column, environments } = finding;
  const concerned = environments.length > 0 ? `In ${environments.join(", ")}. ` : "";
  const region = { startLine: line, startColumn: column };
  return {
    ruleId: rule.id,
    ruleIndex: rules.findIndex(({ id }) => id === rule.id),
    level: severity,
    message: { text: `${message}. ${concerned}${hint}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: toUri(file) }, region } }],
    properties: { environments },
  };
}

/** Relative paths stay relative: to the root of the repository, where lint runs. */
function toUri(path: string): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return isAbsolute(path) ? `file://${encoded}` : encoded;
}
