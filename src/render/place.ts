import type { DiagnosticJson } from "../model/diagnostic-json.js";

/** A summary behind its place: `file:line:column: summary`, as far as they are known. */
export function lineFrom({ place, summary }: Pick<DiagnosticJson, "place" | "summary">): string {
  if (place === undefined) return summary;
  const { file, line, column } = place;
  return `${[file, line, column].filter((part) => part !== undefined).join(":")}: ${summary}`;
}
